package probe

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"switchboard/internal/api"
)

// The inputs of elasticsearch-connector. Source: spec/links.md §2.14.
const (
	pathSafeMode   = "linkConfig.safemode"
	pathSearchUser = "linkConfig.user"
)

// elasticsearchSystem is Elasticsearch and what came of it: CSS, OpenSearch.
// Whether it speaks HTTPS is not among the inputs, so it is found out.
var elasticsearchSystem = &system{
	connector: "elasticsearch-connector",
	protocol:  protocolHTTP,
	plan: func(in inputs) []api.StepName {
		plan := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake}
		if in.flag(pathSafeMode) {
			plan = append(plan, api.StepSignIn)
		}
		return append(plan, api.StepVersion, api.StepCluster)
	},
	check: checkElasticsearch,
}

func checkElasticsearch(ctx context.Context, a *attempt) error {
	ats, err := a.endpointsOf(pathHost)
	if err != nil {
		return err
	}
	s := search{a: a, safe: a.in.flag(pathSafeMode)}
	if s.safe {
		if s.user, err = a.required(pathSearchUser); err != nil {
			return err
		}
		a.know("user", s.user)
	}
	conn, err := a.dialAny(ctx, ats)
	if err != nil {
		return err
	}
	s.web = a.newWeb(place{at: a.at}, pathHost)
	first, err := s.web.meet(ctx, conn, eitherWay, func(ctx context.Context) (*answer, error) { return s.web.get(ctx, "/", nil) })
	if err != nil {
		return err
	}
	a.know("wanted", "Elasticsearch")
	a.found(s.web.base.String())
	if s.safe {
		first, err = s.signIn(ctx, first)
	} else if demands(first) {
		err = fault("security.demanded", pathSafeMode)
	}
	if err != nil {
		return err
	}
	if err := s.version(first); err != nil {
		return err
	}
	return s.health(ctx)
}

// search is a search engine under check.
type search struct {
	a    *attempt
	web  *web
	safe bool
	user string
}

// demands reports whether a web service wants to know who asks.
func demands(said *answer) bool {
	return said.status == http.StatusUnauthorized || said.status == http.StatusForbidden
}

// signIn asks once more, with user and password. Nobody gets them who did not
// look like Elasticsearch or like somebody who asks for them.
func (s *search) signIn(ctx context.Context, first *answer) (*answer, error) {
	if _, known := productOf(first); !known && !demands(first) {
		return nil, s.web.unexpected(first)
	}
	s.a.enter(api.StepSignIn)
	said, err := s.web.get(ctx, "/", s.dress)
	switch {
	case err != nil:
		return nil, err
	case said.status == http.StatusUnauthorized:
		return nil, fault("sign_in.wrong_password", pathPassword)
	case !demands(first):
		s.a.warn(fault("sign_in.not_asked", pathPassword))
	case s.web.base.Scheme == "http":
		s.a.warn(fault("sign_in.readable", pathSafeMode))
	}
	return said, nil
}

func (s *search) dress(r *http.Request) {
	if s.safe {
		r.SetBasicAuth(s.user, s.a.secrets[pathPassword].Reveal())
	}
}

// product is what a search engine says of itself.
type product struct {
	Version struct {
		Number       string
		Distribution string // of OpenSearch
	}
	Tagline string
}

func (p product) String() string {
	if p.Version.Distribution == "opensearch" {
		return "OpenSearch " + p.Version.Number
	}
	return "Elasticsearch " + p.Version.Number
}

func productOf(said *answer) (p product, ok bool) {
	err := json.Unmarshal(said.body, &p)
	return p, err == nil && said.status == http.StatusOK && p.Version.Number != "" && p.Tagline != ""
}

func (s *search) version(said *answer) error {
	p, known := productOf(said)
	if known || s.safe {
		s.a.enter(api.StepVersion)
	}
	switch {
	case known:
		s.a.found(p.String())
	case s.safe && said.status == http.StatusForbidden:
		s.a.warn(fault("search.no_right", pathSearchUser))
	default:
		return s.web.unexpected(said)
	}
	return nil
}

// health asks how the cluster is. Who may not know can still use the link.
func (s *search) health(ctx context.Context) error {
	s.a.enter(api.StepCluster)
	said, err := s.web.get(ctx, "/_cluster/health", s.dress)
	if err != nil {
		return err
	}
	var health struct {
		Status string
		Nodes  int `json:"number_of_nodes"`
	}
	if said.status != http.StatusOK || json.Unmarshal(said.body, &health) != nil {
		s.a.warn(fault("search.no_health", pathHost))
		return nil //nolint:nilerr // the warning says it
	}
	s.a.found(health.Status + ", " + strconv.Itoa(health.Nodes))
	switch health.Status {
	case "yellow":
		s.a.warn(fault("search.yellow", pathHost))
	case "red":
		s.a.warn(fault("search.red", pathHost))
	}
	return nil
}
