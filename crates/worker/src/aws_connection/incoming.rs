//! A command that a MIME message follows: its JSON first, then the message's bytes, so that they are never a text inside of a text.

use std::io::Write;

use domain::{EmailId, email::MAX_MESSAGE_BYTES};
use email_message::ChunkWriter;
use futures_util::StreamExt;
use worker::{ByteStream, Request};

use super::{command::RpcRequest, outbox::Outbox};
use crate::http::Error;

/// The header that says how many bytes the command has.
pub(super) const HEAD_LENGTH: &str = "x-head-length";

/// A message on its way here.
pub(super) struct Incoming {
    stream: ByteStream,
    /// What has come of it already.
    begun: Vec<u8>,
}

impl Incoming {
    /// Reads the command before it.
    ///
    /// # Errors
    /// Where the request isn't one of [`super::ConnectionClient`]'s.
    pub(super) async fn open(mut request: Request) -> Result<(RpcRequest, Self), Error> {
        let length = request.headers().get(HEAD_LENGTH)?.and_then(|length| length.parse::<usize>().ok());
        let length =
            length.ok_or_else(|| Error::internal("a delivery doesn't say where its message begins"))?;
        let mut stream = request.stream()?;
        let mut head = Vec::with_capacity(length);
        while head.len() < length {
            let chunk = stream.next().await.ok_or_else(|| Error::internal("a delivery was cut off"))?;
            head.extend(chunk?);
        }
        let begun = head.split_off(length);
        Ok((serde_json::from_slice(&head)?, Self { stream, begun }))
    }

    /// Keeps the message in the outbox, where nobody looks for it until its mail is there too.
    ///
    /// # Errors
    /// Where it is cut off; then nothing is kept.
    pub(super) async fn keep(self, outbox: &Outbox, id: EmailId) -> Result<(), Error> {
        let kept = self.keep_pieces(outbox, id).await;
        if kept.is_err() {
            outbox.delete_pieces(id)?;
        }
        kept
    }

    async fn keep_pieces(mut self, outbox: &Outbox, id: EmailId) -> Result<(), Error> {
        let too_much = |_| Error::internal("a delivery is longer than any message");
        let mut pieces = ChunkWriter::new(MAX_MESSAGE_BYTES);
        pieces.write_all(&self.begun).map_err(too_much)?;
        let mut number = 0;
        while let Some(chunk) = self.stream.next().await {
            pieces.write_all(&chunk?).map_err(too_much)?;
            while let Some(piece) = pieces.take_full_chunk() {
                outbox.insert_piece(id, number, piece)?;
                number += 1;
            }
        }
        for piece in pieces.finish() {
            outbox.insert_piece(id, number, piece)?;
            number += 1;
        }
        Ok(())
    }
}
