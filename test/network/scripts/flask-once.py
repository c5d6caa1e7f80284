# /// script
# dependencies = ["flask~=3.0"]
# ///

import threading
from urllib.request import urlopen

from flask import Flask
from werkzeug.serving import make_server

app = Flask(__name__)


@app.get("/<name>")
def hello(name):
    return {"hello": name}


# The server answers one request and ends.
server = make_server("127.0.0.1", 0, app)
threading.Thread(target=server.handle_request).start()
print("ok", urlopen(f"http://127.0.0.1:{server.server_port}/you", timeout=10).read().decode().strip())
server.server_close()
