package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"
)

// accessKey signs requests as the SDKs do (spec/iam.md §3.1); it knows only
// paths without a query or anything to escape.
type accessKey struct {
	Access string `json:"access_key"`
	Secret string `json:"secret_key"`
}

// newKey makes an access key of admin.
func (s *settings) newKey(ctx context.Context, folder string) (accessKey, error) {
	out, err := s.command(ctx, folder, "key", "create", "--user", "admin", "--json").Output()
	if err != nil {
		return accessKey{}, err
	}
	var k accessKey
	return k, json.Unmarshal(out, &k)
}

// sign adds the headers of a signature.
func (k accessKey) sign(r *http.Request, body []byte) {
	date := time.Now().UTC().Format("20060102T150405Z")
	const headers = "content-type;host;x-sdk-date"
	kind := "application/json"
	canonical := r.Method + "\n" + r.URL.Path + "/\n\ncontent-type:" + kind + "\nhost:" + r.URL.Host +
		"\nx-sdk-date:" + date + "\n\n" + headers + "\n" + hash(body)
	mac := hmac.New(sha256.New, []byte(k.Secret))
	mac.Write([]byte("SDK-HMAC-SHA256\n" + date + "\n" + hash([]byte(canonical))))
	r.Header = http.Header{"Content-Type": {kind}, "X-Sdk-Date": {date}, "Authorization": {
		"SDK-HMAC-SHA256 Access=" + k.Access + ", SignedHeaders=" + headers + ", Signature=" + hex.EncodeToString(mac.Sum(nil)),
	}}
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// signed is a request with its signature.
func (k accessKey) signed(ctx context.Context, method, url string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err == nil {
		k.sign(r, body)
	}
	return r, err
}
