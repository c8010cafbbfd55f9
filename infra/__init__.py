"""What the product runs on: the CloudFormation stack and the local runner."""
