"""From a checked-out commit to a running stage on AWS, and back: `make deploy STAGE=…`."""
