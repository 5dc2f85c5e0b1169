package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// written is a header as lines, sorted by name.
func written(h http.Header) string {
	var b strings.Builder
	_ = h.Write(&b)
	return strings.TrimSuffix(strings.ReplaceAll(b.String(), "\r\n", " | "), " | ")
}

func TestARequestIsRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"lines", "x-tester: yes\nX-Team:qa", "X-Team: qa | X-Tester: yes"},
		{"lines with blanks and empty ones", "\r\n  X-Tester :  yes \r\n\r\nX-Team: qa\r\n", "X-Team: qa | X-Tester: yes"},
		{"the same name twice", "X-Team: qa\nx-team: ops", "X-Team: qa | X-Team: ops"},
		{"an empty value", "X-Team:", "X-Team: "},
		{"a value with colons", "X-Urn: urn:fss:x", "X-Urn: urn:fss:x"},
		{"lines that a browser copied, with HTTP/2's own", ":authority: x\n:path: /\ncookie: beta=1; a=b", "Cookie: beta=1; a=b"},
		{"a JSON object", `{"x-tester": "yes", "X-Team": ["qa", "ops"], "X-N": 1, "X-B": true}`, "X-B: true | X-N: 1 | X-Team: qa | X-Team: ops | X-Tester: yes"},

		{"raw HTTP", "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Tester: yes\r\n\r\nX-Body: no", "X-Tester: yes"},
		{"raw HTTP/2 without a body", "POST /a HTTP/2\nCookie: beta=1\n", "Cookie: beta=1"},
		{"raw HTTP whose header goes on in the next line", "GET / HTTP/1.1\nX-Team: qa,\n  ops\n\n", "X-Team: qa, ops"},

		{"curl", "curl -H 'X-Tester: yes' https://x/", "X-Tester: yes"},
		{"curl with long options", `curl --request POST --header "X-Tester: yes" --url https://x --cookie beta=1 --user-agent me/1 --referer https://y`, "Cookie: beta=1 | Referer: https://y | User-Agent: me/1 | X-Tester: yes"},
		{"curl with attached values", "curl -HX-Tester:yes -sH X-Team:qa -bbeta=1 --header='X-A: 1' x", "Cookie: beta=1 | X-A: 1 | X-Team: qa | X-Tester: yes"},
		{"curl over several lines", "$ curl 'https://x/' \\\n  -H 'X-Tester: yes' \\\r\n  -b 'beta=1; a=b'", "Cookie: beta=1; a=b | X-Tester: yes"},
		{"curl from a Windows shell", "curl.exe ^\"https://x/?a=1^&b=2^\" ^\r\n  -H ^\"X-Tester: yes^\" ^\r\n  -H ^\"X-P: 50^%^\"", "X-P: 50% | X-Tester: yes"},
		{"curl with what browsers escape", `curl 'https://x' -H $'X-Alias: \u0021gray\'s'`, "X-Alias: !gray's"},
		{"curl with percent signs", "curl x -b 'name=%E4%BD%A0'", "Cookie: name=%E4%BD%A0"},
		{"curl, whose data looks like an option", "curl -d '-H X-A: 1' -X POST --data-raw '-b a=1' -H X-B:2 x", "X-B: 2"},
		{"curl with an empty and a removed header", "curl -H 'X-Empty;' -H 'Accept:' x", "X-Empty: "},
		{"curl before a pipe", "/usr/bin/curl -H X-A:1 x | jq -H X-B:2", "X-A: 1"},
		{"curl without headers", "curl https://x", ""},
		{"curl without the host", "curl -H Host:x x", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, err := api.ReadTrial(tc.text)
			require.NoError(t, err)
			require.Equal(t, tc.want, written(h))
		})
	}
}

func TestARequestThatCannotBeReadSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", " \n ", "Write the headers of a request"},
		{"no colon", "X-Tester: yes\nX-Team qa", "A colon is missing after “X-Team”. Write headers as “Name: value”."},
		{"a name with a blank", "X Team: qa", "“X Team” is not a name"},
		{"no name", "X-A: 1\n=: qa:", "“=” is not a name"},
		{"a control character", "X-Team: q\x00a", "The value of “X-Team” has a line break or another control character"},
		{"a line break in a JSON value", `{"X-Team": "qa\r\nX-Evil: 1"}`, "The value of “X-Team” has a line break"},
		{"broken JSON", `{"X-Team": `, "not a JSON object"},
		{"more than one JSON object", `{} {}`, "not a JSON object"},
		{"an object in a JSON object", `{"headers": {"A": "b"}}`, "“headers” is neither text nor a list"},
		{"an open quote", "curl -H 'X-Tester: yes x", "A quote in this command is not closed"},
		{"an option without a value", "curl x -H", "Nothing follows -H"},
		{"a file of cookies", "curl -b cookies.txt x", "“cookies.txt” would be read from a file"},
		{"a file of headers", "curl -H @headers x", "“@headers” would be read from a file"},
		{"a header without a colon in a command", "curl -H X-Tester x", "A colon is missing after “X-Tester”"},
		{"too much", strings.Repeat("x", api.MaxTrialText+1), "larger than 1 MB"},
		{"bytes that are no text", "X-A: \xff", "not UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := api.ReadTrial(tc.text)
			require.Contains(t, sayTrial(t, err, "request"), tc.want)
		})
	}
}

// sayTrial is what is said at the only field.
func sayTrial(t *testing.T, err error, path string) string {
	t.Helper()
	var e *api.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, api.Invalid, e.Code)
	require.Len(t, e.Problems, 1)
	require.Equal(t, path, e.Problems[0].Path)
	return locale.In(locale.English, e.Problems[0].Message)
}

func TestManyRequestsAreRead(t *testing.T) {
	t.Parallel()
	requests, err := api.ReadTrials("\ufeff# my requests\r\n" +
		"X-Tester: yes | Cookie: beta=1\r\n" +
		"\r\n" +
		"curl -H 'X-Team: qa' \\\r\n  -H 'X-Tester: no' x\n" +
		`{"X-Team": ["qa", "ops"]}` + "\n" +
		"{}\n" +
		"X-Tester yes\n" +
		"| X-A: 1 |")
	require.NoError(t, err)
	require.Len(t, requests, 6)
	for i, want := range []struct {
		line         int
		text, header string
	}{
		{2, "X-Tester: yes | Cookie: beta=1", "Cookie: beta=1 | X-Tester: yes"},
		{4, "curl -H 'X-Team: qa' \\\n  -H 'X-Tester: no' x", "X-Team: qa | X-Tester: no"},
		{6, `{"X-Team": ["qa", "ops"]}`, "X-Team: qa | X-Team: ops"},
		{7, "{}", ""},
		{8, "X-Tester yes", ""},
		{9, "| X-A: 1 |", "X-A: 1"},
	} {
		r := requests[i]
		require.Equal(t, want.line, r.Line)
		require.Equal(t, want.text, r.Text)
		require.Equal(t, want.header, written(r.Header))
		require.Equal(t, i == 4, !r.Error.IsZero(), "one cannot be read")
	}
	require.Equal(t, "A colon is missing after “X-Tester”. Write headers as “Name: value”.", locale.In(locale.English, requests[4].Error))
}

func TestManyRequestsAreReadFromATable(t *testing.T) {
	t.Parallel()
	requests, err := api.ReadTrials("\ufeff# exported\r\nX-Team, Cookie ,X-Api-Key\r\n" +
		"qa,\"plan=free; beta=\"\"1\"\"\",hunter2|hunter2\r\n" +
		"\r\n# not this one\r\n" +
		"ops, ,\r\n" +
		"qa,a=1,,more\r\n" +
		"\"q\na\",\r\n" +
		"X-Team: qa\r\n")
	require.NoError(t, err)
	require.Len(t, requests, 5)
	for i, want := range []struct {
		line                int
		text, header, fault string
	}{
		{3, `X-Team: qa | Cookie: plan=free; beta="1" | X-Api-Key: ***`, `Cookie: plan=free; beta="1" | X-Api-Key: hunter2|hunter2 | X-Team: qa`, ""},
		{6, "X-Team: ops", "X-Team: ops", ""},
		{7, "X-Team: qa | Cookie: a=1", "", "more fields than the first line has names, which are 3"},
		{8, "X-Team: q\na", "", "X-Team"},
		{10, "X-Team: X-Team: qa", "X-Team: X-Team: qa", ""},
	} {
		r := requests[i]
		require.Equal(t, want.line, r.Line)
		require.Equal(t, want.text, r.Text)
		require.Equal(t, want.header, written(r.Header))
		if want.fault == "" {
			require.Zero(t, r.Error)
		} else {
			require.Contains(t, locale.In(locale.English, r.Error), want.fault)
		}
	}

	all, err := api.ReadTrials("X-A: 1\nX-A,X-B\n")
	require.NoError(t, err)
	require.NotZero(t, all[1].Error, "only the first line can be a head")
	for text, want := range map[string]string{
		"X-A,X-B\n":                "There is no request",
		"X-A,X-B\n1,2\n\"x\"y,1\n": "Line 3 cannot be read as CSV",
		"X-A,X-B\n" + strings.Repeat("1,2\n", api.MaxTrials+1): "more than",
	} {
		_, err := api.ReadTrials(text)
		require.Contains(t, sayTrial(t, err, "requests"), want)
	}
}

func TestManyRequestsAreBounded(t *testing.T) {
	t.Parallel()
	lines := func(n int) string { return strings.Repeat("X-A: 1\n", n) }
	all, err := api.ReadTrials(lines(api.MaxTrials))
	require.NoError(t, err)
	require.Len(t, all, api.MaxTrials)
	require.Equal(t, api.MaxTrials, all[api.MaxTrials-1].Line)

	for text, want := range map[string]string{
		lines(api.MaxTrials + 1):                 "more than 1,000 requests",
		"# nothing\n\n":                          "There is no request in this text",
		"":                                       "There is no request in this text",
		strings.Repeat("\n", api.MaxTrialText+1): "larger than 1 MB",
		"X-A: 1\nX-B: \xff":                      "not UTF-8",
	} {
		_, err := api.ReadTrials(text)
		require.Contains(t, sayTrial(t, err, "requests"), want)
	}
}

func TestALongLineIsShownShort(t *testing.T) {
	t.Parallel()
	all, err := api.ReadTrials("X-Name: " + strings.Repeat("张", 500))
	require.NoError(t, err)
	require.Len(t, []rune(all[0].Text), 161)
	require.True(t, strings.HasSuffix(all[0].Text, "张…"))
	require.Len(t, []rune(all[0].Header.Get("X-Name")), 500, "what decides is the whole value")
}

func TestCredentialsAreNotShownAgain(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"Authorization: Bearer hunter2 | X-A: 1":                              "Authorization: ***| X-A: 1",
		`X-A: 1 | x-auth-token:hun"ter2;hunter2`:                              "X-A: 1 | x-auth-token: ***",
		"curl -H 'Authorization: SDK a=hunter2; b=\"hunter2\"' -H 'X-A: 1' x": "curl -H 'Authorization: ***' -H 'X-A: 1' x",
		`curl -H "X-Auth-Token: hun\"ter2" x`:                                 `curl -H "X-Auth-Token: ***" x`,
		`curl -H $'X-Auth-Token: hun\'hunter2' x`:                             `curl -H $'X-Auth-Token: ***' x`,
		`curl -HAuthorization:hunter2 x`:                                      `curl -HAuthorization: ***`,
		`curl -H Proxy-Authorization:\ hunter2 x`:                             `curl -H Proxy-Authorization: ***`,
		`curl -u ada:hunter2 x`:                                               `curl -u *** x`,
		`curl -su 'ada:hunter2 hunter2' x`:                                    `curl -su *** x`,
		`curl --user=ada:hunter2 --user-agent me x`:                           `curl --user=*** --user-agent me x`,
		`curl --oauth2-bearer "hunter2" x`:                                    `curl --oauth2-bearer *** x`,
		`curl https://ada:hunter2@x/`:                                         `curl https://ada:***@x/`,
		`{"Authorization": "Bearer hun\"ter2", "X-A": "1"}`:                   `{"Authorization": "***", "X-A": "1"}`,
		`{"X-Api-Key": ["hunter2", "hunter2"], "X-A": 1}`:                     `{"X-Api-Key": "***", "X-A": 1}`,
		`{"X-Auth-Token": "hunter2`:                                           `{"X-Auth-Token": "***"`,
		`Cookie: beta=1`:                                                      `Cookie: beta=1`,
	} {
		all, err := api.ReadTrials(line)
		require.NoError(t, err)
		require.Equal(t, want, all[0].Text)
		require.NotContains(t, all[0].Text, "hunter2")
	}
}

func TestWhatCannotBeReadShowsNoCredentials(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"Authorization hunter2", "X-A: 1 | -u ada:hunter2", "curl -H 'Authorization: hunter2", "curl -H 'Authorization hunter2' x"} {
		all, err := api.ReadTrials(line)
		require.NoError(t, err)
		require.NotContains(t, locale.In(locale.English, all[0].Error), "hunter2", line)
		require.NotEmpty(t, all[0].Error)
	}
}

func FuzzReadTrial(f *testing.F) {
	for _, text := range []string{
		"X-Tester: yes\nCookie: a=b", "GET / HTTP/1.1\nHost: x\nA: b\n c\n\nd", "curl 'x' -H 'A: b' \\\n -b 'a=b'", `{"A": ["b", 1, true]}`,
		"curl ^\"x^\" ^\n -H ^\"A: b^\"", `curl -H $'A: \x41\u0041\U0010ffff\101'`, "curl -H", ": a", ":", "{", "curl -u a:b -H Authorization:c",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := api.ReadTrial(text)
		if err != nil {
			require.Equal(t, api.Invalid, api.CodeOf(err))
			require.NotContains(t, sayTrial(t, err, "request"), "[routing.")
			return
		}
		requireSendable(t, h)
	})
}

// requireSendable says that a server could have got these headers.
func requireSendable(t *testing.T, h http.Header) {
	t.Helper()
	for name, values := range h {
		require.NotEmpty(t, values)
		require.Equal(t, http.CanonicalHeaderKey(name), name)
		require.NotContains(t, name, "\n")
		for _, value := range values {
			require.NotContains(t, value, "\n")
			require.NotContains(t, value, "\r")
			require.Equal(t, strings.Trim(value, " \t"), value)
		}
	}
}

func FuzzReadTrials(f *testing.F) {
	for _, text := range []string{
		"X-Tester: yes | Cookie: a=b\n# no\n\n{}\n", "curl x \\\n -H A:b\nA: c", "curl x \\", "{\"A\": \"b\"}\r\nA", "|", "\ufeff", "curl ^\n -H ^\"A: b^\"\n",
		"A,B\n,\n1,\"x\n\"\n2,3,4\n", "A,B\n\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := api.ReadTrials(text)
		if err != nil {
			require.Equal(t, api.Invalid, api.CodeOf(err))
			return
		}
		require.NotEmpty(t, all)
		require.LessOrEqual(t, len(all), api.MaxTrials)
		require.True(t, slices.IsSortedFunc(all, func(a, b api.TrialRequest) int { return a.Line - b.Line }))
		for _, r := range all {
			require.LessOrEqual(t, len([]rune(r.Text)), 161)
			require.NotEmpty(t, r.Text)
			require.True(t, r.Error.IsZero() || r.Header == nil)
			requireSendable(t, r.Header)
		}
	})
}
