"""Reads MIME messages by Python's own email package, for each of a JSON list of messages in base64 on stdin.

-> {headers: [name, ...], subject, from: [[name, address], ...], to: [...], parts: [[type, disposition, file name, content id, base64], ...],
    defects: [text, ...]}
"""

import base64
import email
import email.policy
import json
import sys


def addresses(header):
    return [[one.display_name, one.addr_spec] for one in header.addresses] if header else []


def part(one):
    content = one.get_payload(decode=True)
    return [
        one.get_content_type(),
        one.get_content_disposition(),
        one.get_filename(),
        one["content-id"],
        base64.b64encode(content).decode(),
    ]


def read(message):
    mail = email.message_from_bytes(base64.b64decode(message), policy=email.policy.default)
    leaves = [one for one in mail.walk() if not one.is_multipart()]
    return {
        "headers": list(mail.keys()),
        "subject": str(mail["subject"]),
        "from": addresses(mail["from"]),
        "to": addresses(mail["to"]),
        "parts": [part(one) for one in leaves],
        "defects": [str(defect) for one in mail.walk() for defect in one.defects],
    }


json.dump([read(message) for message in json.load(sys.stdin)], sys.stdout)
