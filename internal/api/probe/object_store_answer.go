package probe

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// storeWords is what an object store answers to the question for its buckets.
// The host of one bucket answers with what is in that.
type storeWords struct {
	kind string // ListAllMyBucketsResult, ListBucketResult or Error; "" if it is none of them

	Code    string
	Message string
	Region  string
	Name    string
	Buckets []string `xml:"Buckets>Bucket>Name"`
}

// readStore reads an answer as far as it goes: of a long list, the beginning
// is enough.
func readStore(said *answer) storeWords {
	var words storeWords
	d := xml.NewDecoder(bytes.NewReader(said.body))
	for {
		token, err := d.Token()
		if err != nil {
			return storeWords{}
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		_ = d.DecodeElement(&words, &root)
		if k := root.Name.Local; k == "ListAllMyBucketsResult" || k == "ListBucketResult" || k == "Error" && words.Code != "" {
			words.kind = k
		}
		return words
	}
}

func (w storeWords) Error() string { return w.Code + ": " + w.Message }

// names is what there is to see.
func (w storeWords) names() string {
	if w.Name != "" {
		return w.Name
	}
	return strings.Join(w.Buckets, ", ")
}

// storeFaults are the codes of errors. Source: the error lists of S3, OBS, OSS,
// COS and KODO, which share most of them.
var storeFaults = map[string]*failure{
	"InvalidAccessKeyId":    fault("key.unknown", pathAccessKey),
	"InvalidAccessKey":      fault("key.unknown", pathAccessKey),
	"SignatureDoesNotMatch": fault("key.wrong_secret", pathSecurityKey),
	"RequestTimeTooSkewed":  fault("clock.skewed", ""),
	"AccessForbidden":       fault("key.disabled", pathAccessKey),
	"InactiveAccessKey":     fault("key.disabled", pathAccessKey),
	"UserDisable":           fault("key.disabled", pathAccessKey),
	"NotSignedUp":           fault("key.disabled", pathAccessKey),
	"AccountProblem":        fault("key.disabled", pathAccessKey),
	"ExpiredToken":          fault("key.wrong_token", pathSecurityToken),
	"InvalidToken":          fault("key.wrong_token", pathSecurityToken),
	"InvalidSecurityToken":  fault("key.wrong_token", pathSecurityToken),
	"SecurityTokenExpired":  fault("key.wrong_token", pathSecurityToken),
	"SecurityTokenNotMatch": fault("key.wrong_token", pathSecurityToken),
}
