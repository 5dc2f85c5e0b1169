package handlers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"switchboard/internal/api/connector"
)

// variable is what stands in a body for a text that is a secret.
var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]{0,63})\}$`)

// variablesIn are the names of the variables of a body, each once.
func variablesIn(body string) (names []string) {
	replaceTexts(body, func(text string) string {
		if found := variable.FindStringSubmatch(text); found != nil && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
		return text
	})
	return names
}

// replaceTexts is JSON with other texts in it, and everything else as it is. Keys are no
// texts.
func replaceTexts(body string, by func(text string) string) string {
	var out strings.Builder
	for at := 0; at < len(body); {
		if body[at] != '"' {
			out.WriteByte(body[at])
			at++
			continue
		}
		end := at + 1
		for end < len(body) && body[end] != '"' {
			if body[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(body))
		literal, text := body[at:end], ""
		if key := strings.HasPrefix(strings.TrimLeft(body[end:], " \t\r\n"), ":"); !key && json.Unmarshal([]byte(literal), &text) == nil {
			if other := by(text); other != text {
				quoted, _ := json.Marshal(other) // text always has a JSON form
				literal = string(quoted)
			}
		}
		out.WriteString(literal)
		at = end
	}
	return out.String()
}

// withholder takes secrets out of JSON.
type withholder struct {
	keys  map[string]bool   // whose values are secrets
	found map[string]string // by the name of the variable
}

// withhold puts variables in the place of secrets that were typed into a body, so that
// it can be shown again, and returns those. A text that is no JSON comes back as it is
// unless it may hold one: then it is gone. It is not ok either way.
func (d *apiDocument) withhold(text string) (shown string, secrets map[string]string, ok bool) {
	w := &withholder{keys: d.secretKeys(), found: map[string]string{}}
	for i := range connector.All {
		for _, in := range connector.All[i].Inputs {
			if in.Secret {
				w.keys[in.Name] = true
			}
		}
	}
	read := json.NewDecoder(strings.NewReader(text))
	read.UseNumber()
	var value any
	if read.Decode(&value) != nil || read.More() {
		for key := range w.keys {
			if strings.Contains(text, key) {
				return "", nil, false
			}
		}
		return text, nil, false
	}
	value = w.walk(value)
	if len(w.found) == 0 {
		return text, nil, true
	}
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	write.SetIndent("", "  ")
	err := write.Encode(value)
	return strings.TrimSuffix(out.String(), "\n"), w.found, err == nil
}

// walk replaces the secrets below a value: under a key that is one's, and where an
// object names an input that is one.
func (w *withholder) walk(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = w.walk(value[i])
		}
	case map[string]any:
		name, _ := value["name"].(string)
		for key, inner := range value {
			text, isText := inner.(string)
			switch {
			case !isText:
				value[key] = w.walk(inner)
			case w.keys[key]:
				value[key] = w.take(key, text)
			case w.keys[name] && (key == "value" || key == "values"):
				value[key] = w.take(name[strings.LastIndex(name, ".")+1:], text)
			}
		}
	}
	return value
}

// take is what stands for a secret, which may be a variable already.
func (w *withholder) take(key, text string) string {
	if text == "" || variable.MatchString(text) {
		return text
	}
	name := strings.Map(func(r rune) rune {
		if r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, key)
	for n := 2; w.found[name] != "" && w.found[name] != text; n++ {
		name = fmt.Sprint(strings.TrimRight(name, "_0123456789"), "_", n)
	}
	w.found[name] = text
	return "${" + name + "}"
}

// filled is a body with its secrets.
func (k *call) filled(body string) string {
	return replaceTexts(body, func(text string) string {
		if found := variable.FindStringSubmatch(text); found != nil {
			return cmp.Or(k.secrets[callSecret+found[1]], text)
		}
		return text
	})
}

// shown is a text of an answer without the secrets that were sent.
func (k *call) shown(text string) string {
	for path, secret := range k.secrets {
		if len(secret) < shortSecret {
			continue // too much would be like it
		}
		stands := "${" + path[strings.LastIndex(path, ".")+1:] + "}"
		inside, _ := json.Marshal(secret)
		text = strings.ReplaceAll(text, secret, stands)
		text = strings.ReplaceAll(text, string(inside[1:len(inside)-1]), stands)
	}
	return text
}

const shortSecret = 4 // bytes
