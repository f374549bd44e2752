"""Serializes each operation of a JSON list on stdin with botocore, which validates it with AWS's own model first."""

import json
import sys
from urllib.parse import urlencode

import botocore.session
from botocore.model import ServiceModel
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

loader = botocore.session.get_session().get_component("data_loader")


def serialize(item):
    service = ServiceModel(loader.load_service_model(item["service"], "service-2"), item["service"])
    operation = service.operation_model(item["operation"])
    report = ParamValidator().validate(item["params"], operation.input_shape) if operation.input_shape else None
    if report is not None and report.has_errors():
        raise SystemExit(f"{item['operation']}: {report.generate_report()}")
    serializer = create_serializer(service.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(item["params"], operation)
    body = request["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    if isinstance(body, bytes):
        body = body.decode()
    return {"method": request["method"], "path": request["url_path"], "body": body}


json.dump([serialize(item) for item in json.load(sys.stdin)], sys.stdout)
