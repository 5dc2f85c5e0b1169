package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/connector"
)

// bodyMutator makes requests that are nearly right. What it makes depends on
// its random numbers only.
type bodyMutator struct {
	random *rand.Rand
	here   string // host:port of a server that may be reached
	port   int
	slug   string // of a tile, and the name of a stored link of it
}

func (m *bodyMutator) pick(texts ...string) string { return texts[m.random.IntN(len(texts))] }

func (m *bodyMutator) target(w *world) (method, target string) {
	own := "/switchboard/v1/projects/" + w.project.ID + "/links"
	name := "/" + m.pick(m.slug, m.slug, m.slug, m.slug, "nothing")
	switch m.random.IntN(12) {
	case 0:
		return "POST", own + "/import"
	case 1:
		return m.pick("PUT", "POST"), own + name + m.pick("/schedule", "/enabled", "/test")
	case 2:
		return m.pick("GET", "GET", "GET", "PATCH", "PUT", "DELETE"), w.links(m.pick("default", "x", "%00", "%2e%2e"), m.pick(name, "/all", "/%ff", "/%e2%80%ae", "//"))
	case 3, 4, 5:
		return "PUT", w.links("default", name)
	case 6:
		return "POST", w.links("default", "?validate="+m.pick("true", "false", "x", "%zz"))
	default:
		return "POST", w.links("default", "")
	}
}

// body is the body of a create or an update, mutated.
func (m *bodyMutator) body(method string) string {
	name := fmt.Sprintf("fuzz_%d", m.random.IntN(1e6))
	if method == http.MethodPut {
		name = m.slug
	}
	return m.spoiled(m.link(name))
}

// spoiled is the text of a body with some things wrong.
func (m *bodyMutator) spoiled(tree any) string {
	for range m.random.IntN(4) {
		tree = m.mutate(tree)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return err.Error()
	}
	body := string(text)
	if m.random.IntN(15) == 0 { // a key twice
		body = strings.Replace(body, `"name":`, `"name":`+m.pick(`"other"`, "1", "null", "[]", `"linkConfig.host"`)+`,"name":`, 1+m.random.IntN(3))
	}
	if m.random.IntN(12) == 0 {
		i, j := m.random.IntN(len(body)), m.random.IntN(len(body))
		body = body[:min(i, j)] + m.pick("", "\x00", "\xff", "{", "]", ",", `\u`, strings.Repeat("[", 100_000)) + body[max(i, j):]
	}
	return body
}

// link describes a link of the tile whose system is the server.
func (m *bodyMutator) link(name string) any {
	conn, _ := connector.FindTile(m.slug)
	example, inputs := apitest.ConnectorExamples()[m.slug], []any{}
	maps.Copy(example.Values, example.Secrets)
	for _, path := range slices.Sorted(maps.Keys(example.Values)) {
		inputs = append(inputs, map[string]any{"name": path, m.pick("value", "value", "values"): m.address(conn.Input(path), example.Values[path])})
	}
	return map[string]any{"links": []any{map[string]any{
		"name": name, "connector-name": conn.Name, "enabled": true,
		"link-config-values": map[string]any{
			"configs":          []any{map[string]any{"name": "linkConfig", "inputs": inputs}},
			"extended-configs": map[string]any{"name": "linkConfig.extendedFields", "value": "eyJhIjoxfQ=="},
		},
	}}}
}

// address puts the server's address into the inputs that say where to connect.
func (m *bodyMutator) address(in *connector.Input, text string) string {
	switch in.Kind {
	case connector.Host:
		return "127.0.0.1"
	case connector.Port:
		return fmt.Sprint(m.port)
	case connector.HostPort, connector.HostList:
		return m.here
	case connector.URI:
		if scheme, _, ok := strings.Cut(text, "://"); ok {
			return scheme + "://" + m.here
		}
		return m.here
	}
	return text
}

// mutate changes one thing somewhere in a tree.
func (m *bodyMutator) mutate(tree any) any {
	switch node := tree.(type) {
	case map[string]any:
		if len(node) == 0 || m.random.IntN(20) == 0 {
			node[m.pick("links", "name", "value", "id", "", "💥")] = m.odd()
			return node
		}
		key := m.pick(slices.Sorted(maps.Keys(node))...)
		if _, deep := node["link-config-values"]; deep && m.random.IntN(3) > 0 {
			key = "link-config-values" // there is most to get wrong
		}
		if m.random.IntN(20) == 0 {
			delete(node, key)
		} else {
			node[key] = m.mutate(node[key])
		}
		return node
	case []any:
		if len(node) == 0 || m.random.IntN(30) == 0 {
			return append(node, m.odd())
		}
		i := m.random.IntN(len(node))
		if m.random.IntN(30) == 0 {
			return append(node, node[i])
		}
		node[i] = m.mutate(node[i])
		return node
	default:
		return m.odd()
	}
}

// odd is a value that nobody expects.
func (m *bodyMutator) odd() any {
	switch m.random.IntN(20) { // mostly texts: of other types the first look is the last
	case 0:
		return nil
	case 1:
		return m.random.NormFloat64() * 1e12
	case 2:
		return []any{m.pick("a", ""), true, nil}
	case 3:
		return map[string]any{m.pick("a", "", "socketTimeout", "user.password"): m.pick("1", "x")}
	case 4:
		return strings.Repeat(m.pick("a", "💥", "\x00", "="), m.random.IntN(100_000))
	case 5:
		return m.random.IntN(2) == 0
	}
	return m.pick("", " ", "\x00", "💥", "\u202e", "%zz", "%41", "-1", "65536", "localhost", "evil.example.com:1", "169.254.169.254", "http://10.0.0.1:80/",
		"[::1]:80", "0.0.0.0", "192.0.2.7", "Add password here", "linkConfig.host", "generic-jdbc-connector", "hdfs-connector", "MYSQL", "KERBEROS", `\\127.0.0.1\x`)
}
