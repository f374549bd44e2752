"""Signs each request of a JSON list on stdin with botocore's signer. Prints the Authorization headers as JSON."""

import base64
import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def sign(case):
    now = datetime.datetime.strptime(case["time"], "%Y%m%dT%H%M%SZ")
    # The signer reads the clock only through this function.
    botocore.auth.get_current_datetime = lambda *_, **__: now
    keys = Credentials(case["accessKeyId"], case["secretAccessKey"], case["sessionToken"])
    kind = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth
    signer = kind(keys, case["service"], case["region"])
    request = AWSRequest(method=case["method"], url=case["url"], data=base64.b64decode(case["body"]))
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    signer.add_auth(request)
    authorization = request.headers["Authorization"]
    del request.headers["Authorization"]
    return {"authorization": authorization, "canonicalRequest": signer.canonical_request(request)}


json.dump([sign(case) for case in json.load(sys.stdin)], sys.stdout)
