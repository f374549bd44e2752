"""Starts ministack with the condition keys of SendEmail, which it doesn't know.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
"""

import json
from email.utils import parseaddr

from ministack import app

context = {}
enforce_ses, enforce = app._enforce_ses_v2, app._enforce_data_plane


def address(mailbox):
    return parseaddr(mailbox)[1]


def enforce_ses_with_keys(method, path, headers, body, query_params, request_id):
    context.clear()
    if path.rstrip("/").endswith("/outbound-emails"):
        email = json.loads(body)
        lists = (email.get("Destination") or {}).values()
        context["ses:FromAddress"] = address(email.get("FromEmailAddress", ""))
        recipients = [address(mailbox) for mailboxes in lists for mailbox in mailboxes or []]
        # A key without values is absent.
        if recipients:
            context["ses:Recipients"] = recipients
    return enforce_ses(method, path, headers, body, query_params, request_id)


def enforce_with_keys(service, *arguments, **options):
    if service == "sesv2":
        options["service_context"] = dict(context)
    return enforce(service, *arguments, **options)


app._enforce_ses_v2, app._enforce_data_plane = enforce_ses_with_keys, enforce_with_keys
app.main()
