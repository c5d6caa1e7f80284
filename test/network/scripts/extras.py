# /// script
# dependencies = ["httpx[http2]>=0.27"]
# ///

import h2.config
import httpx

print("ok", httpx.Client(http2=True) is not None, h2.config.__name__)
