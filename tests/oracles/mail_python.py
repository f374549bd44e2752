"""Parses MIME messages with Python's email package, for each message in base64 of a JSON list on stdin.

-> {headers: [name, ...], subject, from: [[name, address], ...], to: [...], parts: [[type, disposition, file name, content id, base64], ...],
    defects: [text, ...]}
"""

import base64
import email
import email.policy
import json
import sys


def addresses(header):
    return [[address.display_name, address.addr_spec] for address in header.addresses] if header else []


def part(entity):
    content = entity.get_payload(decode=True)
    return [
        entity.get_content_type(),
        entity.get_content_disposition(),
        entity.get_filename(),
        entity["content-id"],
        base64.b64encode(content).decode(),
    ]


def parse(source):
    message = email.message_from_bytes(base64.b64decode(source), policy=email.policy.default)
    leaves = [entity for entity in message.walk() if not entity.is_multipart()]
    return {
        "headers": list(message.keys()),
        "subject": str(message["subject"]),
        "from": addresses(message["from"]),
        "to": addresses(message["to"]),
        "parts": [part(entity) for entity in leaves],
        "defects": [str(defect) for entity in message.walk() for defect in entity.defects],
    }


json.dump([parse(source) for source in json.load(sys.stdin)], sys.stdout)
