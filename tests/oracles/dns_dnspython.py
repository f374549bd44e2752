"""Reads what we write in DNS's words, and writes what we are to read, for each question of a JSON list on stdin.

{"zone": text}       -> [[name, type, value], ...]: the file's records; a text's parts are joined
{"question": base64} -> [name, type, recursion desired]
{"answer": base64, "rcode": name, "records": [[section, name, ttl, type, value], ...]} -> base64: the answer to that question
"""

import base64
import json
import sys

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone


def value(rdata):
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings).decode("latin-1")
    return rdata.to_text().rstrip(".")


def zone(text):
    read = dns.zone.from_text(text, origin=".", relativize=False, check_origin=False)
    return [
        [name.to_text().rstrip("."), dns.rdatatype.to_text(rdata.rdtype), value(rdata)]
        for name, _, rdata in read.iterate_rdatas()
    ]


def question(message):
    read = dns.message.from_wire(base64.b64decode(message))
    [asked] = read.question
    recursion = bool(read.flags & dns.flags.RD)
    return [asked.name.to_text().rstrip("."), dns.rdatatype.to_text(asked.rdtype), recursion]


def answer(message, rcode, records):
    reply = dns.message.make_response(dns.message.from_wire(base64.b64decode(message)), recursion_available=True)
    reply.set_rcode(dns.rcode.from_text(rcode))
    for section, name, ttl, kind, text in records:
        getattr(reply, section).append(dns.rrset.from_text(name + ".", ttl, "IN", kind, text))
    return base64.b64encode(reply.to_wire()).decode()


def read(asked):
    if "zone" in asked:
        return zone(asked["zone"])
    if "question" in asked:
        return question(asked["question"])
    return answer(asked["answer"], asked["rcode"], asked["records"])


json.dump([read(asked) for asked in json.load(sys.stdin)], sys.stdout)
