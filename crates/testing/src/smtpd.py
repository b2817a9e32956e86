"""A mail server for tests: aiosmtpd, as Debian has it, told on its command line how to behave.

It says its port on the first line, and then every letter as a line of JSON.
"""
import argparse, asyncio, json, ssl, sys

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--tls", choices=["tls", "starttls", "none"], default="none")
parser.add_argument("--auth")
parser.add_argument("--utf8", action="store_true")
parser.add_argument("--answer", default="")
parser.add_argument("--slow", type=float, default=0)
parser.add_argument("--port", type=int, default=0)
said = parser.parse_args()


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if said.answer.startswith("mail:"):
            return said.answer[5:]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if said.answer.startswith("rcpt:") and not address.startswith("good"):
            return said.answer[5:]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(said.slow)
        if said.answer.startswith("data:"):
            return said.answer[5:]
        body = envelope.original_content or envelope.content
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "body": body.decode("utf-8", "surrogateescape"),
            "is_encrypted": session.ssl is not None or said.tls == "tls",
            "user": getattr(session, "auth_data", None) and session.auth_data.login.decode(),
        }), flush=True)
        return "250 taken"


def check(server, session, envelope, mechanism, data):
    user, password = said.auth.split(":", 1)
    ok = data.login.decode() == user and data.password.decode() == password
    return AuthResult(success=ok, handled=ok is True, auth_data=data)


context = None
if said.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(said.cert, said.key)


def factory():
    return SMTP(
        Handler(),
        enable_SMTPUTF8=said.utf8,
        tls_context=context if said.tls == "starttls" else None,
        require_starttls=said.tls == "starttls",
        authenticator=check if said.auth else None,
        auth_required=bool(said.auth),
        auth_require_tls=said.tls == "starttls",
        hostname="mail.test",
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        factory, "127.0.0.1", said.port, ssl=context if said.tls == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
