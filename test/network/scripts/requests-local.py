# /// script
# dependencies = ["requests>=2.31"]
# ///

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests


class Echo(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["X-Word"].encode())

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Echo)
threading.Thread(target=server.handle_request).start()
session = requests.Session()
session.trust_env = False
answer = session.get(f"http://127.0.0.1:{server.server_port}/", headers={"X-Word": "works"}, timeout=10)
print("ok", answer.text)
