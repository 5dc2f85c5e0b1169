package handlers_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/connector"
	"switchboard/internal/api/wire"
)

// mutator makes requests that are nearly right. What it makes depends on its
// random numbers only.
type mutator struct {
	random             *rand.Rand
	allowed, forbidden uint16 // ports of this machine
}

// chance is true in so many of a hundred cases.
func (m *mutator) chance(percent int) bool { return m.random.IntN(100) < percent }

func (m *mutator) pick(texts ...string) string { return texts[m.random.IntN(len(texts))] }

// Verbs of a list of links, and of one link. What is there more than once comes
// more often.
var (
	listVerbs = []string{
		"", "", "/validate", "/validate", "/edit", "/edit", "/edit", "/test", "/test", "/test", "/test", "/test", "/test", "/new/paste", "/new/paste", "/import",
		"/import", "/import/apply", "/alerts", "/alerts/edit", "/alerts/test", "/runs", "/enable", "/disable", "/schedule", "/delete",
		"/delete/confirmed", "/export", "/nothing", "/runs/0/cancel", "/%2e%2e/links", "/%00",
	}
	linkVerbs = []string{"", "", "/validate", "/edit", "/edit", "/test", "/test", "/check", "/schedule", "/nothing"}
	methods   = []string{"PUT", "DELETE", "PATCH", "GET", "HEAD", "OPTIONS", "TRACE", "LINK"}
)

// target is where a request goes.
func (m *mutator) target(links string, ids []string) (method, path string) {
	method, path = "POST", links+m.pick(listVerbs...)
	if m.chance(30) {
		path = links + "/" + m.pick(ids...) + m.pick(linkVerbs...)
	}
	if m.chance(4) {
		method = m.pick(methods...)
	}
	return method, path
}

// field is a name and a value of a form; a name may come twice.
type field struct{ name, value string }

// body is a form that describes a link, mutated and encoded. It is not about
// all links if those that it is about are gone after it.
func (m *mutator) body(ids []string, deletes bool) (contentType, body string) {
	fields := m.form(ids)
	if deletes {
		fields = slices.DeleteFunc(fields, func(f field) bool { return f.name == "all" })
	}
	return m.encode(fields)
}

// encode is a form mutated and encoded.
func (m *mutator) encode(fields []field) (contentType, body string) {
	for range m.random.IntN(4) {
		fields = m.mutate(fields)
	}
	if m.chance(10) {
		return m.multipart(fields)
	}
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = url.QueryEscape(f.name) + "=" + url.QueryEscape(f.value)
	}
	body, contentType = strings.Join(parts, "&"), "application/x-www-form-urlencoded"
	if m.chance(5) {
		body = m.garble(body)
	}
	if m.chance(4) {
		contentType = m.pick("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=\"", "x/y; charset=utf-16")
	}
	return contentType, body
}

// form is a form as a browser would post it: the link of some tile, and what
// the other forms of the console have.
func (m *mutator) form(ids []string) []field {
	examples := apitest.ConnectorExamples()
	slug := m.pick(sortedKeys(examples)...)
	conn, _ := connector.FindTile(slug)
	example, here := examples[slug], fmt.Sprintf("127.0.0.1:%d", m.allowed)
	fields := []field{
		{"connector", conn.Name}, {"name", fmt.Sprintf("fuzz_%d", m.random.IntN(1e6))}, {"cluster", "default"}, {"enabled", "true"},
	}
	for _, path := range sortedKeys(example.Values) {
		fields = append(fields, m.inputFields(conn.Input(path), example.Values[path], here)...)
	}
	for _, path := range sortedKeys(example.Secrets) {
		fields = append(fields, field{path, example.Secrets[path]})
		if m.chance(30) {
			fields = append(fields, field{path + ".mode", m.pick("keep", "replace")})
		}
	}
	for _, more := range []field{
		{"op", m.pick("add:", "remove:", "file:") + m.path(conn) + m.pick("", ".0", ".99", ".-1")}, {"anyway", "true"}, {"version", "1"},
		{"id", m.pick(ids...)}, {"id", m.pick(ids...)}, {"only", m.pick(ids...)}, {"all", "true"}, {"from", m.pick(ids...)},
		{"every", m.pick("0", "300", "86400")}, {"format", m.pick("json", "csv")}, {"back", "/p/x"}, {"field", m.path(conn)},
		{"text", m.text(slug, example)}, {"url", "http://" + here + "/hook"}, {"secret", "a-secret-of-enough-letters"}, {"pick", "0"},
		{"held", "x.y"}, {"plan", "x"}, {"test", "true"}, {"language", "zh"}, {"q", "stored"},
	} {
		if m.chance(35) {
			fields = append(fields, more)
		}
	}
	return fields
}

// inputFields are the fields of an input. What says where to connect says that
// it is here.
func (m *mutator) inputFields(in *connector.Input, text, here string) []field {
	host, port, _ := strings.Cut(here, ":")
	switch in.Kind {
	case connector.Host:
		text = host
	case connector.Port:
		text = port
	case connector.HostPort, connector.HostList:
		text = here
	case connector.URI:
		if scheme, _, ok := strings.Cut(text, "://"); ok {
			here = scheme + "://" + here
		}
		text = here
	case connector.Map:
		entries, _ := connector.ReadMap(text)
		var fields []field
		for i, key := range sortedKeys(entries) {
			row := fmt.Sprintf("%s.%d.", in.Name, i)
			fields = append(fields, field{row + "key", key}, field{row + "value", entries[key]})
		}
		return fields
	}
	return []field{{in.Name, text}}
}

// path is the path of some input.
func (m *mutator) path(c *connector.Connector) string {
	if len(c.Inputs) == 0 {
		return "name"
	}
	return c.Inputs[m.random.IntN(len(c.Inputs))].Name
}

// text is what people paste: a file of links, or an address.
func (m *mutator) text(slug string, example apitest.ConnectorExample) string {
	here := fmt.Sprintf("127.0.0.1:%d", m.allowed)
	text := m.pick(
		"jdbc:mysql://"+here+"/orders?user=a&password=b", "mysql -h 127.0.0.1 -pb", "postgres://a:b@"+here+"/c", "redis://:b@"+here,
		"(DESCRIPTION=(ADDRESS=(HOST=h)(PORT=1)))", `\\127.0.0.1\share`, "curl -u a:b http://"+here+"/",
	)
	if m.chance(60) {
		d := apitest.ExampleDraft(slug, fmt.Sprintf("imported_%d", m.random.IntN(1000)))
		d.Inputs = example.Values
		file, err := wire.WriteLinks([]api.Link{{Name: d.Name, Cluster: d.Cluster, Connector: d.Connector, Enabled: true, Inputs: d.Inputs}})
		if err == nil {
			text = string(file)
		}
	}
	if m.chance(50) {
		text = m.garble(text)
	}
	return text
}

func (m *mutator) multipart(fields []field) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("fuzz")
	for _, f := range fields {
		if f.name == "text" || m.chance(2) {
			part, err := w.CreateFormFile("file", "x.json")
			if err == nil {
				_, _ = part.Write([]byte(f.value))
			}
			continue
		}
		_ = w.WriteField(f.name, f.value)
	}
	_ = w.Close()
	body = b.String()
	if m.chance(15) {
		body = m.garble(body)
	}
	return w.FormDataContentType(), body
}

// mutate changes one thing about a form.
func (m *mutator) mutate(fields []field) []field {
	i := m.random.IntN(len(fields))
	switch m.random.IntN(8) {
	case 0:
		if len(fields) > 1 {
			fields = append(fields[:i], fields[i+1:]...)
		}
	case 1:
		fields = append(fields, field{fields[i].name, m.odd()})
	case 2:
		fields = append(fields, field{fields[i].name + m.pick(".held", ".mode", ".0.key", ".99999999999.value", ".", "[]", "\x00"), m.odd()})
	case 3:
		fields = append(fields, field{m.odd(), m.odd()})
	case 4:
		fields[i].value = m.garble(fields[i].value)
	default:
		fields[i].value = m.odd()
	}
	return fields
}

// odd is a value that nobody expects.
func (m *mutator) odd() string {
	if m.chance(3) {
		return strings.Repeat(m.pick("a", "=", ",", "💥", "\x00", "127.0.0.1:1,"), m.random.IntN(200_000))
	}
	return m.pick(
		"", " ", "\x00", "\xff\xfe\xfd", "\r\n", "💥", "\u202eevil", "ａ", "'; DROP TABLE links;--", "../../etc/passwd", "{{.}}", "<script>alert(1)</script>",
		"%00", "%zz", "-1", "0", "65536", "99999999999999999999", "1e309", "NaN", "true", "null", "[]", `{"a":{}}`, `{"socketTimeout":1}`, "a=b;c=d",
		"localhost", "evil.example.com", "evil.example.com:443", "169.254.169.254", "169.254.169.254:80", "http://169.254.169.254/latest/meta-data/",
		"[fd00:ec2::254]:80", "[::1]:80", "::ffff:127.0.0.1", "2130706433", "0x7f.1", "0.0.0.0", "255.255.255.255", "192.0.2.7:1", "10.0.0.1",
		fmt.Sprintf("127.0.0.1:%d", m.forbidden), fmt.Sprintf("http://127.0.0.1:%d/", m.forbidden), fmt.Sprintf("%d", m.forbidden),
		fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d", m.allowed, m.forbidden), fmt.Sprintf("127.0.0.1:%d;127.0.0.1:%d", m.allowed, m.forbidden),
		fmt.Sprintf("http://user:pw@127.0.0.1:%d/#x", m.allowed), "file:///etc/passwd", "gopher://127.0.0.1:1/_x", `\\127.0.0.1\share`, "127.0.0.1:/export",
		"MYSQL", "KERBEROS", "Apache Hadoop", "NFS", "Cluster", "OSS", "Basic", "generic-jdbc-connector", "hdfs-connector", "Add password here", "********",
	)
}

// garble changes a few bytes.
func (m *mutator) garble(text string) string {
	b := []byte(text)
	for range 1 + m.random.IntN(6) {
		i := m.random.IntN(len(b) + 1)
		switch m.random.IntN(4) {
		case 0:
			b = b[:i]
		case 1:
			b = append(b[:i:i], append([]byte{byte(m.random.IntN(256))}, b[i:]...)...)
		case 2:
			if i < len(b) {
				b[i] = byte(m.random.IntN(256))
			}
		default:
			if i < len(b) {
				b = append(b[:i], b[i+1:]...)
			}
		}
	}
	return string(b)
}
