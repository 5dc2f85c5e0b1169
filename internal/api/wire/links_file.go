package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// fileLink is a link in a file: the body of a create, so that it can be posted
// as it is, here or to a cloud. Values stand in it as people typed them, where
// answers percent-encode them: a file is read and edited by people. Secrets
// are placeholders (spec/links.md §4.2). What is the service's to say (ids,
// dates) is left out.
type fileLink struct {
	Name      string     `json:"name"`
	Cluster   string     `json:"cluster,omitempty"` // ours; the dialect has it in the path
	Connector string     `json:"connector-name"`
	Enabled   bool       `json:"enabled"`
	Values    fileValues `json:"link-config-values"`
}

type fileValues struct {
	Configs  []fileConfig  `json:"configs"`
	Extended *api.Extended `json:"extended-configs,omitempty"`
}

type fileConfig struct {
	Name   string      `json:"name"`
	Inputs []fileInput `json:"inputs"`
}

type fileInput struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // text, or an object for a map
}

// WriteLinks is a file of the links.
func WriteLinks(links []api.Link) ([]byte, error) {
	all := struct {
		Links []fileLink `json:"links"`
	}{make([]fileLink, len(links))}
	for i := range links {
		all.Links[i] = writeLink(&links[i])
	}
	var b bytes.Buffer
	enc := encoder(&b)
	enc.SetIndent("", "  ")
	err := enc.Encode(all)
	return b.Bytes(), err
}

func writeLink(l *api.Link) fileLink {
	file := newFileLink(l.Name, l.Connector, func(in *connector.Input) any { return fileValue(in, l) })
	file.Enabled, file.Values.Extended = l.Enabled, l.Extended
	if l.Cluster != api.DefaultCluster {
		file.Cluster = l.Cluster
	}
	return file
}

// newFileLink is a link in a file; value is what stands for an input, nil for nothing.
func newFileLink(name, connectorName string, value func(in *connector.Input) any) fileLink {
	file := fileLink{Name: name, Connector: connectorName}
	main, dialect := fileConfig{Name: "linkConfig", Inputs: []fileInput{}}, fileConfig{Name: "dialect"}
	if c := connector.Find(connectorName); c != nil {
		for i := range c.Inputs {
			in := &c.Inputs[i]
			config := &main
			if strings.HasPrefix(in.Name, dialectPrefix) {
				config = &dialect
			}
			if v := value(in); v != nil {
				config.Inputs = append(config.Inputs, fileInput{in.Name, v})
			}
		}
	}
	file.Values.Configs = []fileConfig{main}
	if dialect.Inputs != nil {
		file.Values.Configs = append(file.Values.Configs, dialect)
	}
	return file
}

// fileValue is what stands in a file for an input, nil for nothing.
func fileValue(in *connector.Input, l *api.Link) any {
	switch {
	case in.Secret && l.HasSecret[in.Name]:
		return keep
	case in.Secret:
		return nil
	}
	return fileText(in, l.Inputs[in.Name])
}

// fileText is what stands in a file for the text of an input, nil for nothing.
func fileText(in *connector.Input, text string) any {
	switch {
	case text == "":
		return nil
	case in.Kind == connector.Map && text[0] == '{' && json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	return text
}

// ReadLinks reads a file of links: one that WriteLinks wrote, the body of a
// create or the answer to a list, a bare array of links, or one link. Links
// that name no cluster are put into cluster. A placeholder for a secret is
// read as no secret. Errors are about the file as a whole.
func ReadLinks(text []byte, cluster string) ([]api.LinkDraft, error) {
	bodies, err := readBodies(bytes.TrimRight(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n"))
	if err != nil {
		return nil, err
	}
	drafts := make([]api.LinkDraft, 0, len(bodies))
	for i := range bodies {
		bodies[i].decode()
		d, err := bodies[i].draft(&api.Link{}) // of which nothing is stored: placeholders mean "keep"
		if err != nil {
			return nil, err
		}
		d.Cluster = cluster
		if bodies[i].Cluster != "" {
			d.Cluster = bodies[i].Cluster
		}
		drafts = append(drafts, d)
	}
	return drafts, nil
}

// readBodies finds the links in a file.
func readBodies(text []byte) ([]linkBody, error) {
	var file struct {
		linkBody

		Links []linkBody `json:"links"`
	}
	read := any(&file)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		read = &file.Links
	}
	if err := json.Unmarshal(text, read); err != nil {
		return nil, mistake(text, err)
	}
	if file.Links == nil && file.Connector != "" {
		return []linkBody{file.linkBody}, nil
	}
	if len(file.Links) == 0 {
		return nil, api.Errorf(api.Invalid, "wire.no_links")
	}
	return file.Links, nil
}

// mistake says in which line of a file it cannot be read, and why, without
// quoting it: it may hold a secret.
func mistake(text []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return api.Errorf(api.Invalid, "wire.file_json", "line", lineAt(text, syntax.Offset))
	}
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok || wrong.Field == "" { // neither an object nor a list
		return api.Errorf(api.Invalid, "wire.no_links")
	}
	return api.Errorf(api.Invalid, "wire.file_type", "line", lineAt(text, wrong.Offset), "field", pathAt(text, wrong.Offset), "want", kindOf(wrong))
}

// lineAt is the line in which the byte before offset stands, from 1.
func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:max(0, min(offset-1, int64(len(text))))], []byte("\n"))
}

// decode takes the percent-encoding off a link that was copied from an answer.
// Only answers say of an input whether it is mandatory, and they encode every
// value in one way only; so nothing that somebody typed is taken for it.
func (link *linkBody) decode() {
	for _, config := range link.Values.Configs {
		for i := range config.Inputs {
			in := &config.Inputs[i]
			var text string
			if in.Mandatory == nil || json.Unmarshal(in.Value, &text) != nil {
				continue
			}
			if plain, err := url.PathUnescape(text); err == nil && escaped(plain) == text {
				in.Value, _ = json.Marshal(plain) // text always has a JSON form
			}
		}
	}
}
