package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/samples"
	"switchboard/web/templates"
)

// codedSite is a console with an API explorer that writes code.
func codedSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	for _, l := range samples.Languages {
		s.options.Samples.Languages = append(s.options.Samples.Languages, string(l))
	}
	s.servePrograms()
	return s
}

const codePanel = templates.ExplorerForm + templates.SampleSuffix

// code asks for the panel alone, in a language.
func (s *site) code(operation, language string, typed url.Values) *page {
	s.t.Helper()
	values := url.Values{templates.SampleLanguage: {language}}
	for name, all := range typed {
		values[name] = all
	}
	p := s.post(s.explorer("/"+operation+"/edit"), values, fragment(codePanel)...).requireStatus(http.StatusOK)
	require.True(s.t, strings.HasPrefix(p.html, `<div id="`+codePanel+`"`), "%.300s", p.html)
	return p
}

// explored is a call that is made by the explorer and by its code.
type explored struct {
	operation string
	typed     url.Values
	secrets   []string // names and values, as the code takes them from the environment
	status    int
}

// explorations are calls of all services, in an order in which they can be made.
func explorations(token string) []explored {
	const port, vpc = "4189d3c2-8882-4871-a3c2-d380272eed88", "4189d3c2-8882-4871-a3c2-d380272eed80"
	cluster, signing := []string{"default"}, canary+"-that-signs"
	link := linkCall("orders_1", "${password}")
	policy := `{"policy":{"name":"nightly","provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da","parameters":{"common":{}},"resources":[{"id":"orders","type":"OS::Nova::Server","name":"orders"}],` +
		`"scheduled_operations":[{"name":"every night","enabled":true,"operation_type":"backup","operation_definition":{"max_backups":7},` +
		`"trigger":{"properties":{"pattern":"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=2;BYMINUTE=0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}}}]}}`
	signIn := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + user + `","password":"${password}","domain":{"name":"default"}}}}}}`
	return []explored{
		{"CreateLink", url.Values{"path.cluster": cluster, "body": {link}, "secret.password": {canary}}, []string{"PASSWORD", canary}, 200},
		{"ListLinks", url.Values{"path.cluster": cluster}, nil, 200},
		{"ShowLink", url.Values{"path.cluster": cluster, "path.link": {"no / such 'link'"}}, nil, 400},
		{"CreateQueue", url.Values{"body": {`{"queue_name":"q1","cu_count":16,"description":"it's $HOME"}`}}, nil, 200},
		{"ListQueues", url.Values{"query.queue_type": {"all"}}, nil, 200},
		{"CreateDatasourceConnection", url.Values{
			"body": {`{"name":"orders","service":"RDS","url":"db.example.com:3306","security_group_id":"` + port + `","network_id":"` + vpc + `"}`},
		}, nil, 201},
		{"ShowDatasourceConnection", url.Values{"path.id": {"nobody"}, "header.X-Language": {"zh-cn"}}, nil, 400},
		{"CreateFunction", url.Values{"body": {`{"func_name":"orders","package":"default","runtime":"Node.js14.18","handler":"index.handler","timeout":30,"memory_size":256,"code_type":"inline","func_code":{"file":""}}`}}, nil, 200},
		{"ListFunctions", url.Values{"query.maxitems": {"10"}}, nil, 200},
		{"CreateEndpointService", url.Values{"body": {`{"port_id":"` + port + `","vpc_id":"` + vpc + `","server_type":"VM","service_name":"orders","ports":[{"client_port":8080,"server_port":80,"protocol":"TCP"}]}`}}, nil, 200},
		{"ListEndpointService", url.Values{"query.sort_dir": {"asc"}}, nil, 200},
		{"CreatePolicy", url.Values{"body": {policy}}, nil, 200},
		{"ListPolicies", nil, nil, 200},
		{"UpdateHook", url.Values{"body.url": {"https://alerts.example.com/a?b=c&d='e'"}, "body.enabled": {"true"}, "body.secret": {signing}}, []string{"SECRET", signing}, 200},
		{"KeystoneCreateUserTokenByPassword", url.Values{"query.nocatalog": {"yes"}, "body": {signIn}, "secret.password": {password}}, []string{"PASSWORD", password}, 201},
		{"KeystoneValidateToken", url.Values{"query.nocatalog": {"yes"}, "header.X-Subject-Token": {token}}, []string{"X_SUBJECT_TOKEN", token}, 200},
		{"DeleteLink", url.Values{"path.cluster": cluster, "path.link": {"orders_1"}, "confirm": {"true"}}, nil, 200},
	}
}

// What every answer has of its own: ids, and when something was done; and its project.
var (
	ofItsOwn  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|\d{4}-\d\d-\d\d[T ][0-9:.]+|\b\d{6,13}\b|local-1\.[^"]+|latest-\d+@[0-9a-f]+`)
	ofProject = regexp.MustCompile(`"project_name": *"[^"]+"`)
)

// What the panel shows for curl does what the explorer does: in two projects the same
// calls are made, in one by it and in the other by its code.
func TestTheCodeOfACallDoesWhatTheExplorerDoes(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "jq", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			require.Empty(t, os.Getenv("CI"), "%s is not installed", program)
			t.Skipf("%s is not installed", program)
		}
	}
	s := codedSite(t)
	who, err := s.identity.UserByName(t.Context(), user)
	require.NoError(t, err)
	actor := api.Actor{UserID: who.ID, User: user, Role: api.RoleAdministrator}
	token, _, err := s.identity.CreateAPIToken(t.Context(), actor, "samples", "", time.Hour)
	require.NoError(t, err)
	first, second := s.project, s.addProject("second")
	for _, e := range explorations(token) {
		t.Run(e.operation, func(t *testing.T) {
			s.project = first
			sent := s.post(s.explorer("/"+e.operation), e.typed).requireStatus(http.StatusOK)
			require.Contains(t, sent.text("#answer-title"), http.StatusText(e.status), sent.text("#answer-body"))
			s.project = second
			code := s.code(e.operation, "curl", e.typed).Find("pre").Text()
			require.NotContains(t, code, canary)
			shell := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(code, "curl --fail-with-body ", "curl -s ", 1))
			shell.Env = append(os.Environ(), "TOKEN="+token)
			for i := 0; i < len(e.secrets); i += 2 {
				require.NotContains(t, code, e.secrets[i+1])
				shell.Env = append(shell.Env, e.secrets[i]+"="+e.secrets[i+1])
			}
			said, err := shell.CombinedOutput()
			require.NoError(t, err, "%s\n%s", code, said)
			require.Equal(t, plainAnswer(t, sent.text("#answer-body")), plainAnswer(t, string(said)), code)
		})
	}
}

// plainAnswer is an answer without what is of its own.
func plainAnswer(t *testing.T, text string) any {
	t.Helper()
	var value any
	text = ofItsOwn.ReplaceAllString(ofProject.ReplaceAllString(text, `"project_name": ""`), "0")
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}

func TestTheCodeOfACall(t *testing.T) {
	t.Parallel()
	s := codedSite(t)
	create := s.explorer("/CreateLink")
	typed := func(body string) url.Values { return url.Values{"path.cluster": {"default"}, "body": {body}} }
	broken := typed(`{"links": [{"name": "ord`)
	t.Run("is shown when somebody asks for it", func(t *testing.T) {
		p := s.get(create).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("details.sample:not([open])").Length())
		require.Zero(t, p.Find("details.sample pre").Length())
		require.Equal(t, create+"/edit", p.Find("#"+codePanel).AttrOr("hx-post", ""))
		p = s.post(create+"/edit", url.Values{templates.SampleShow: {codePanel}, "path.cluster": {"default"}, "body": {linkCall("orders", canary)}}).requireStatus(http.StatusOK)
		require.Contains(t, p.Find("details.sample[open] pre").Text(), "POST /v1.1/"+s.project.ID+"/clusters/default/cdm/link HTTP/1.1", "by a button, where there is no script")
		require.Zero(t, p.Find("#answer").Length(), "nothing was sent")
		require.NotEmpty(t, p.value("secret.password.held"), "what was typed is kept")
		require.NotContains(t, p.html, canary)
	})
	t.Run("is small, has variables for secrets, and goes in each language", func(t *testing.T) {
		for _, l := range samples.Languages {
			p := s.code("CreateLink", string(l), typed(linkCall("orders", canary)))
			require.Contains(t, p.Find("pre").Text(), "sftp.example.com", l)
			require.Contains(t, strings.ToUpper(p.Find("pre").Text()), "PASSWORD", l)
			require.NotContains(t, p.html, canary, l)
			require.Less(t, len(p.html), sampleLimit, l)
		}
	})
	t.Run("stays open, in its language, beside the answer and a refusal", func(t *testing.T) {
		asked := typed(linkCall("orders", canary))
		asked.Set(templates.SampleLanguage, "python")
		p := s.post(create, asked).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#answer").Length())
		require.Contains(t, p.Find("details.sample[open] pre").Text(), `os.environ["PASSWORD"]`)
		asked.Del("path.cluster")
		require.Contains(t, s.post(create, asked).requireStatus(http.StatusUnprocessableEntity).Find("details.sample[open] pre").Text(), "os.environ")
	})
	t.Run("has a body that is no JSON yet", func(t *testing.T) {
		for _, l := range []samples.Language{samples.HTTP, samples.Curl, samples.Go, samples.Python, samples.Java} {
			require.Regexp(t, `links.{2,4} \[\{`, s.code("CreateLink", string(l), broken).Find("pre").Text(), l)
		}
		p := s.code("CreateLink", "http", typed(`{"linkConfig.password": "`+canary))
		require.NotContains(t, p.html, canary)
		require.Contains(t, p.text("#"+codePanel), "The body is left out while it is no JSON")
	})
	t.Run("says what is wrong where a text was taken away", func(t *testing.T) {
		asked := typed(`{"password": "` + canary)
		asked.Set(templates.SampleShow, codePanel)
		p := s.post(create+"/edit", asked).requireStatus(http.StatusOK)
		require.Contains(t, p.text("#field-body"), "This is not JSON")
		require.NotContains(t, p.html, canary)
	})
	t.Run("has numbers as they are typed", func(t *testing.T) {
		step := url.Values{"body.do": {"pause"}, "body.at": {"007"}}
		require.Contains(t, s.code("SteerRamp", "http", step).Find("pre").Text(), `"at": "007"`)
	})
}

// callLimit is how many bytes the panel of an example may have; the longest is an import
// in Java.
const callLimit = 6300

func TestTheCodeOfEveryOperationIsWritten(t *testing.T) {
	t.Parallel()
	s := codedSite(t)
	s.get(s.explorer("")).Find("#operations a.row-link").Each(func(_ int, a *goquery.Selection) {
		filled := panelOf(t, s.get(s.explorer("/"+a.Text())).html).values
		for _, l := range samples.Languages {
			p := s.code(a.Text(), string(l), filled)
			require.Equal(t, 1, p.Find("pre").Length(), "%s in %s", a.Text(), l)
			require.Less(t, len(p.html), callLimit, "%s in %s", a.Text(), l)
		}
	})
}
