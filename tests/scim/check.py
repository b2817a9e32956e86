"""Holds a running Closedset against scim2-tester: address, certificate and token as arguments.

Prints a line for each check that is not well, then how many there were; ends with 1 where one failed.
"""

import ssl
import sys
from collections import Counter

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

address, certificate, token = sys.argv[1:]
http = Client(
    base_url=f"{address}/scim/v2",
    headers={"Authorization": f"Bearer {token}"},
    verify=ssl.create_default_context(cafile=certificate),
    timeout=60,
)
results = check_server(SyncSCIMClient(http))
for result in results:
    if result.status not in (Status.SUCCESS, Status.COMPLIANT):
        print(result.status.name, result.resource_type, result.title, result.reason)
counts = Counter(result.status.name for result in results)
print(" ".join(f"{name}={count}" for name, count in sorted(counts.items())))
failed = counts["ERROR"] + counts["CRITICAL"] + counts["DEVIATION"]
sys.exit(1 if failed or counts["SUCCESS"] < 50 else 0)
