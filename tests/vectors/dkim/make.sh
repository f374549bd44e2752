#!/bin/sh
# Makes the keys anew.
set -eu
cd "$(dirname "$0")"
openssl genrsa -traditional -out rsa-2048.pkcs1.pem 2048
openssl pkcs8 -topk8 -nocrypt -in rsa-2048.pkcs1.pem -out rsa-2048.pkcs8.pem
openssl pkcs8 -topk8 -in rsa-2048.pkcs1.pem -passout pass:test -out rsa-2048.encrypted.pkcs8.pem
openssl rsa -traditional -aes128 -in rsa-2048.pkcs1.pem -passout pass:test -out rsa-2048.encrypted.pkcs1.pem
openssl rsa -in rsa-2048.pkcs1.pem -pubout -out rsa-2048.public.pem
openssl rsa -in rsa-2048.pkcs1.pem -pubout -outform DER | base64 -w0 > rsa-2048.public
for bits in 768 1024 3072; do openssl genrsa -out "rsa-$bits.pkcs8.pem" "$bits"; done
openssl rsa -in rsa-1024.pkcs8.pem -pubout -outform DER | base64 -w0 > rsa-1024.public
openssl genpkey -algorithm ed25519 -out ed25519.pkcs8.pem
