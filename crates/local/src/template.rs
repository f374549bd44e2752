//! Publishing the CloudFormation template to S3.
