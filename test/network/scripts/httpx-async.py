# /// script
# dependencies = ["httpx"]
# ///

import asyncio

import httpx


async def main():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"path": request.url.path}))
    async with httpx.AsyncClient(transport=transport, base_url="https://example.org") as client:
        answers = await asyncio.gather(client.get("/a"), client.get("/b"))
    print("ok", [answer.json()["path"] for answer in answers])


asyncio.run(main())
