package probe

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/signature"
)

// The inputs of services that are asked with signed requests. Source:
// spec/links.md §2.13 and §2.15.
const (
	pathAK      = "linkConfig.ak"
	pathSK      = "linkConfig.sk"
	pathProject = "linkConfig.projectId"
)

// cloudService is a service of the cloud that is asked for a list, with a
// signed request.
type cloudService struct {
	name  string
	where func(inputs) (place, error)
	list  func(project string) string        // path and query of the list
	names func(body []byte) ([]string, bool) // what is in it; false if it is none
}

func (s cloudService) plan(in inputs) []api.StepName {
	p, _ := s.where(in)
	return p.steps(api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepRead)
}

func (s cloudService) check(ctx context.Context, a *attempt) error {
	p, err := s.where(a.in)
	if err != nil {
		return err
	}
	key, err := a.accessKey(pathAK, pathSK)
	if err != nil {
		return err
	}
	project, err := a.required(pathProject)
	if err != nil {
		return err
	}
	conn, err := a.dial(ctx, p.at)
	if err != nil {
		return err
	}
	w := a.newWeb(p, p.at.portPath)
	said, err := w.meet(ctx, conn, p.how, func(ctx context.Context) (*answer, error) {
		return w.get(ctx, s.list(url.PathEscape(project)), func(r *http.Request) {
			r.Header.Set("X-Project-Id", project)
			signature.Sign(r, nil, key.id, key.secret, time.Now())
		})
	})
	if err != nil {
		return err
	}
	a.know("wanted", s.name)
	return s.judge(w, said)
}

// judge takes the last two steps, which are one answer.
func (s cloudService) judge(w *web, said *answer) error {
	names, listed := s.names(said.body)
	refusal := cloudRefusal{}
	if listed = listed && said.status == http.StatusOK; !listed {
		if err := json.Unmarshal(said.body, &refusal); err != nil || refusal.code() == "" {
			return w.unexpected(said)
		}
	}
	w.a.found(w.base.Scheme + "://" + w.base.Host)
	w.a.enter(api.StepSignIn)
	if listed {
		w.a.enter(api.StepRead)
		w.a.found(strings.Join(names, ", "))
		return nil
	}
	if f := refusal.fault(said.status); f != nil {
		return f.because(refusal)
	}
	if said.status != http.StatusForbidden {
		return w.unexpected(said)
	}
	w.a.enter(api.StepRead)
	w.a.warn(fault("key.no_list", pathAK).because(refusal))
	return nil
}

// accessKey is what requests are signed with.
type accessKey struct{ id, secret string }

func (a *attempt) accessKey(idPath, secretPath string) (accessKey, error) {
	id, err := a.required(idPath)
	if err != nil {
		return accessKey{}, err
	}
	key := accessKey{id, a.secrets[secretPath].Reveal()}
	if key.secret == "" {
		return key, fault("input", secretPath)
	}
	return key, nil
}

// cloudRefusal is what services of the cloud, and the gateway in front of
// them, say instead of an answer; each has its own spelling. Source:
// spec/iam.md §4 and the error codes of DIS and DLI.
type cloudRefusal struct {
	Code1    string `json:"error_code"`
	Code2    string `json:"errorCode"`
	Message1 string `json:"error_msg"`
	Message2 string `json:"message"`
}

func (r cloudRefusal) code() string { return cmp.Or(r.Code1, r.Code2) }

// Error is code and message, without the canonical request, which the gateway
// adds to wrong signatures.
func (r cloudRefusal) Error() string {
	message, _, _ := strings.Cut(cmp.Or(r.Message1, r.Message2), ", canonicalRequest:")
	return r.code() + ": " + message
}

// fault finds the input to blame by code or words, or returns nil.
func (r cloudRefusal) fault(status int) *failure {
	words := strings.ToLower(r.Error())
	says := func(parts ...string) bool {
		return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(words, part) })
	}
	switch code := r.code(); {
	case says("ak ", "not exist"), slices.Contains([]string{"DIS.4106", "DIS.4107"}, code):
		return fault("key.unknown", pathAK)
	case says("signature expired"), says("x-sdk-date"), slices.Contains([]string{"DIS.4103", "DIS.4104", "DIS.4105"}, code):
		return fault("clock.skewed", "")
	case says("signature"), slices.Contains([]string{"DIS.4100", "DIS.4112"}, code):
		return fault("key.wrong_secret", pathSK)
	case says("project"), code == "DIS.4117":
		return fault("project.wrong", pathProject)
	case status == http.StatusUnauthorized, status == 441: // 441 is DIS' own
		return fault("key.refused", pathAK)
	}
	return nil
}
