"""The OpenAPI description of what programs and the scripts of the pages exchange with the server as JSON."""
