//! A state of the flow as JavaScript sees it: `FlowState` in `index.d.ts`.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::{
    error::Error,
    flow::State,
    web::{ResponseBody, get},
};

#[derive(Serialize)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum StateView<'a> {
    Loading,
    Offline {
        last: Option<Box<Self>>,
    },
    ChooseRegion {
        #[serde(with = "serde_wasm_bindgen::preserve")]
        regions: JsValue,
    },
    OpenLink {
        #[serde(with = "serde_wasm_bindgen::preserve")]
        link: JsValue,
        details: &'a ResponseBody,
        binding: &'a ResponseBody,
    },
    Verifying {
        binding: &'a ResponseBody,
        #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_null")]
        reason: JsValue,
    },
    Connected {
        binding: &'a ResponseBody,
    },
    NeedsAttention {
        binding: &'a ResponseBody,
        #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_null")]
        reason: JsValue,
    },
    Failed {
        error: &'a Error,
        can_retry: bool,
    },
    Cancelled,
}

impl<'a> StateView<'a> {
    pub(super) fn new(state: &'a State<ResponseBody>) -> Self {
        match state {
            State::Loading => Self::Loading,
            State::Offline { last } => {
                Self::Offline { last: last.as_deref().map(|last| Box::new(Self::new(last))) }
            }
            State::ChooseRegion { binding } => Self::ChooseRegion { regions: get(&binding.value, "regions") },
            State::OpenLink { details, binding } => {
                Self::OpenLink { link: get(&details.value, "quickCreateUrl"), details, binding }
            }
            State::Verifying { binding } => {
                Self::Verifying { binding, reason: get(&binding.value, "reason") }
            }
            State::Connected { binding } => Self::Connected { binding },
            State::NeedsAttention { binding } => {
                Self::NeedsAttention { binding, reason: get(&binding.value, "reason") }
            }
            State::Failed { error, can_retry } => Self::Failed { error, can_retry: *can_retry },
            State::Cancelled => Self::Cancelled,
        }
    }
}
