package signature

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// The worked examples of spec/iam.md §3.4 and §3.5.
const (
	exampleAccess  = "HPUAEXAMPLEACCESSKEY"
	exampleSecret  = "EXAMPLEsecretKEYforDOCS0000000000000000a1"
	exampleDate    = "20260301T081530Z"
	exampleProject = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	exampleBody    = `{"name":"gray","version":"v1","additional_version_weights":{"v2":20}}`
)

var exampleNow = time.Date(2026, 3, 1, 8, 15, 30, 0, time.UTC)

type signedExample struct {
	name          string
	method        string
	host, target  string
	header        map[string]string
	body          string
	authorization string // without the signature
	hash          string // of the canonical request
	signature     string
}

func official(signed string) string {
	return "SDK-HMAC-SHA256 Access=" + exampleAccess + ", SignedHeaders=" + signed + ", Signature="
}

var signedExamples = []signedExample{
	{
		name: "a POST with host and content type signed", method: "POST", host: "functiongraph.example.test",
		target:        "/v2/" + exampleProject + "/fgs/functions/urn:fss:cn-north-4:" + exampleProject + ":function:default:hello:!gray/aliases",
		header:        map[string]string{"Content-Type": "application/json", "X-Project-Id": exampleProject},
		body:          exampleBody,
		authorization: official("content-type;host;x-project-id;x-sdk-date"),
		hash:          "32fb53b3b79ce316ae22246685489a1122417c251b8c9c21c53747edee0df382",
		signature:     "d14a7c9122aca1a0cf87c8f836b2bbcd69cc137bd2aaf45fd60b089fd25df651",
	},
	{
		name: "the same as the Go SDK sends it", method: "POST", host: "functiongraph.example.test",
		target:        "/v2/" + exampleProject + "/fgs/functions/urn:fss:cn-north-4:" + exampleProject + ":function:default:hello:%21gray/aliases",
		header:        map[string]string{"User-Agent": "huaweicloud-usdk-go/3.0", "X-Project-Id": exampleProject},
		body:          exampleBody + "\n",
		authorization: official("user-agent;x-project-id;x-sdk-date"),
		hash:          "8f3b035d6fd7469def711c8786bee4c8dc79819d94de157dda74f352bea7b41b",
		signature:     "c5b768b7c2d83af9e8c13c823ee0d993a21454d817c6cce213bd9f933725aeeb",
	},
	{
		name: "a GET with nothing but the date signed", method: "GET", host: "iam.example.test",
		target:        "/v3/projects?name=cn-north-4",
		authorization: official("x-sdk-date"),
		hash:          "9088f4967ee376edc979b096830ee8056803d8b61df71fc0df46360fd05aada2",
		signature:     "df940c33652d3c50d38312ad0361c850e8a4093560119a445f1636cfc856e43e",
	},
	{
		name: "a query in need of encoding", method: "GET", host: "functiongraph.example.test",
		target:        "/v2/" + exampleProject + "/fgs/functions?package_name=my%20pkg%2F%2A~%C3%A9&marker=0&maxitems=10",
		authorization: official("host;x-sdk-date"),
		hash:          "299f0f63c13d486729853d10005255e2487bc6baa872a75294723f87b56d03b1",
		signature:     "58bffb262b26ede989e89ef6a57e823e49acf0e0345ae8eea70906ada9e8f5e7",
	},
	{
		name: "a blank sent as plus", method: "GET", host: "functiongraph.example.test",
		target:        "/v2/" + exampleProject + "/fgs/functions?package_name=my+pkg%2f*~é&marker=0&maxitems=10",
		authorization: official("host;x-sdk-date"),
		hash:          "299f0f63c13d486729853d10005255e2487bc6baa872a75294723f87b56d03b1",
		signature:     "58bffb262b26ede989e89ef6a57e823e49acf0e0345ae8eea70906ada9e8f5e7",
	},
	{
		name: "a body that is not signed", method: "PUT", host: "functiongraph.example.test",
		target:        "/v2/" + exampleProject + "/fgs/functions/hello/aliases/gray",
		header:        map[string]string{"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"},
		body:          "whatever",
		authorization: official("x-sdk-content-sha256;x-sdk-date"),
		hash:          "d726ff73b3c3173dc380294c439346575445e283103532113e3f3f297713ab58",
		signature:     "7a82d72efa2af40129c95c276fdf96485c31177e3ebfc66f63e106b5ead513c5",
	},
	{
		name: "the scoped variant", method: "GET", host: "iam.example.test",
		target:        "/v3/projects?name=cn-north-4",
		header:        map[string]string{"Accept": "application/json"},
		authorization: "SDK-HMAC-SHA256 Credential=" + exampleAccess + "/20260301///sdk_request, SignedHeaders=accept;host;x-sdk-date, Signature=",
		hash:          "3e8f4613198fe2243ad948fbe8b13027c13c857fe33c07b247a7117ba017ab36",
		signature:     "c3565e7aca0ff20ae195ca53c4715881c7129123082c279381262a0dfe129517",
	},
	{
		name: "the derived variant V11", method: "GET", host: "iam.example.test",
		target:        "/v3/projects?name=cn-north-4",
		authorization: "V11-HMAC-SHA256 Credential=" + exampleAccess + "/20260301/cn-north-4/functiongraph, SignedHeaders=x-sdk-date, Signature=",
		hash:          "9088f4967ee376edc979b096830ee8056803d8b61df71fc0df46360fd05aada2",
		signature:     "099e51f1746ab56b146cab09a8e1f70904c9a8fd521163857e9d75e42913e55a",
	},
}

func (x *signedExample) request() *http.Request {
	r := httptest.NewRequest(x.method, x.target, strings.NewReader(x.body))
	r.Host = x.host
	for name, value := range x.header {
		r.Header.Set(name, value)
	}
	r.Header.Set("X-Sdk-Date", exampleDate)
	r.Header.Set("Authorization", x.authorization+x.signature)
	return r
}
