"""Writes each operation of a JSON list on stdin as botocore does: checked against AWS's own model, then serialized."""

import json
import sys
from urllib.parse import urlencode

import botocore.session
from botocore.model import ServiceModel
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

loader = botocore.session.get_session().get_component("data_loader")


def write(question):
    service = ServiceModel(loader.load_service_model(question["service"], "service-2"), question["service"])
    operation = service.operation_model(question["operation"])
    report = ParamValidator().validate(question["params"], operation.input_shape) if operation.input_shape else None
    if report is not None and report.has_errors():
        raise SystemExit(f"{question['operation']}: {report.generate_report()}")
    serializer = create_serializer(service.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(question["params"], operation)
    body = request["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    if isinstance(body, bytes):
        body = body.decode()
    return {"method": request["method"], "path": request["url_path"], "body": body}


json.dump([write(question) for question in json.load(sys.stdin)], sys.stdout)
