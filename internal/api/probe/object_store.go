package probe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/minio/minio-go/v7/pkg/signer"

	"switchboard/internal/api"
)

// objectStoreSystems are what speaks the S3 protocol.
var objectStoreSystems = []*system{
	objectStore{connector: "obs-connector", kind: "OBS", name: "OBS", where: obsPlace}.system(),
	objectStore{connector: "obs-connector", kind: "OSS", name: "Alibaba Cloud OSS", where: ossPlace}.system(),
	objectStore{connector: "thirdparty-obs-connector", kind: "S3", name: "Amazon S3", where: amazonPlace}.system(),
	objectStore{connector: "thirdparty-obs-connector", kind: "KODO_COS", name: "Qiniu KODO / Tencent COS", where: zonePlace}.system(),
}

// The inputs of object stores. Source: spec/links.md §2.2 and §2.3.
const (
	pathStorageType   = "linkConfig.storageType"
	pathAccessKey     = "linkConfig.accessKey"
	pathSecurityKey   = "linkConfig.securityKey"
	pathOSSAuthType   = "linkConfig.ossAuthType"
	pathSecurityToken = "linkConfig.securityToken" //nolint:gosec // the name of the input
)

// objectStore is asked for its buckets, with one request that is signed as
// Amazon's are (version 4), which all of them understand. There is no driver:
// the libraries for it retry, follow regions and take any page that is
// forbidden for an answer of theirs.
type objectStore struct {
	connector string
	kind      string // of storageType
	name      string
	where     func(inputs) (place, error)
}

func (s objectStore) system() *system {
	return &system{
		connector: s.connector,
		when:      func(in inputs) bool { return in.is(pathStorageType, s.kind) },
		protocol:  protocolHTTP,
		plan: func(in inputs) []api.StepName {
			p, _ := s.where(in)
			return p.steps(api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepRead)
		},
		check: s.check,
	}
}

func (s objectStore) check(ctx context.Context, a *attempt) error {
	p, err := s.where(a.in)
	if err != nil {
		return err
	}
	key, err := a.accessKey(pathAccessKey, pathSecurityKey)
	if err != nil {
		return err
	}
	token, err := a.securityToken()
	if err != nil {
		return err
	}
	conn, err := a.dial(ctx, p.at)
	if err != nil {
		return err
	}
	w := a.newWeb(p, p.at.portPath)
	list := func(ctx context.Context) (*answer, error) {
		return w.get(ctx, "/", func(r *http.Request) { signS3(r, key, token, p.region) })
	}
	said, err := w.meet(ctx, conn, p.how, list)
	if err != nil {
		return err
	}
	a.know("wanted", s.name)
	words := readStore(said)
	if words.Code == "AuthorizationHeaderMalformed" && words.Region != "" { // it says which region it takes
		p.region = words.Region
		if said, err = list(ctx); err != nil {
			return err
		}
		words = readStore(said)
	}
	return a.judgeStore(w, said, words)
}

// securityToken is the token of a temporary key, which only OSS can have.
func (a *attempt) securityToken() (string, error) {
	if !a.in.is(pathStorageType, "OSS") || !a.in.is(pathOSSAuthType, "STS") {
		return "", nil
	}
	token := a.secrets[pathSecurityToken].Reveal()
	if !plain(token) {
		return "", fault("input", pathSecurityToken)
	}
	return token, nil
}

// signS3 signs a request without a body.
func signS3(r *http.Request, key accessKey, token, region string) {
	empty := sha256.Sum256(nil)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(empty[:]))
	r.Header = signer.SignV4(*r, key.id, key.secret, token, region).Header
}

// judgeStore takes the last two steps, which are one answer. Who may not list
// the buckets has signed in nevertheless.
func (a *attempt) judgeStore(w *web, said *answer, words storeWords) error {
	if words.kind == "" {
		return w.unexpected(said)
	}
	a.found(said.header.Get("Server"))
	a.enter(api.StepSignIn)
	switch {
	case words.kind != "Error":
		a.enter(api.StepRead)
		a.found(words.names())
		return nil
	case words.Code == "AccessDenied":
		a.enter(api.StepRead)
		a.warn(fault("store.no_list", pathAccessKey).because(words))
		return nil
	}
	if f := storeFaults[words.Code]; f != nil {
		return f.because(words)
	}
	switch {
	case words.Code == "NoSuchBucket":
		return fault("store.no_bucket", a.at.hostPath).because(words)
	case said.status >= http.StatusInternalServerError:
		return w.unexpected(said)
	case said.status < http.StatusBadRequest:
		return fault("store.elsewhere", a.at.hostPath).because(words)
	}
	return words
}
