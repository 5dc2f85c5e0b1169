package paste

import (
	"maps"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// inputs are the paths of each role, which a connector has at most one of.
var inputs = map[role][]string{
	user:     {"linkConfig.username", "linkConfig.userName", "linkConfig.user", "linkConfig.accessKey", "linkConfig.ak"},
	password: {"linkConfig.password", "linkConfig.securityKey", "linkConfig.sk"},
	database: {"linkConfig.database", "linkConfig.dbIndex"},
	port:     {"linkConfig.port"},
	tls:      {string(useSSL)},
}

// usualPorts complete lists of servers, whose inputs want every port.
var usualPorts = map[string]string{
	"mongodb": "27017", "redis": "6379", "apache-kafka": "9092", "elasticsearch": "9200", "apache-hbase": "2181", "opentsdb": "4242",
}

// settling turns a draft into a result.
type settling struct {
	*draft
	result Result
}

// result judges what was read, input by input.
func (d *draft) result() Result {
	c, tile := connector.FindTile(d.slug)
	s := &settling{d, Result{Connector: c, Tile: tile, Values: map[string]string{}, Secrets: map[string]api.Secret{}}}
	if c.Variant != "" {
		s.result.Values[c.Variant] = tile.Value
	}
	entries := s.settleProperties()
	s.settleServers()
	for _, it := range d.items {
		s.settle(it)
	}
	s.dropInapplicable()
	s.tellUnderstood(entries)
	s.result.Ignored = d.ignored
	return s.result
}

// input is where a role belongs, or nil.
func (s *settling) input(r role) *connector.Input {
	if r == host {
		return s.serverInput()
	}
	for _, path := range append(inputs[r], string(r)) {
		if in := s.result.Connector.Input(path); in != nil {
			return in
		}
	}
	return nil
}

// serverInput is the first input that says which server, or nil.
func (s *settling) serverInput() *connector.Input {
	c := s.result.Connector
	i := slices.IndexFunc(c.Inputs, func(in connector.Input) bool {
		return slices.Contains([]connector.Kind{connector.Host, connector.HostPort, connector.HostList}, in.Kind) && c.Applies(&in, s.result.Values)
	})
	if i < 0 {
		return nil
	}
	return &c.Inputs[i]
}

func (s *settling) settleServers() {
	in := s.serverInput()
	if in == nil {
		if len(s.servers) > 0 {
			s.ignore("paste.not_needed", "host")
		}
		return
	}
	if len(s.servers) == 0 && s.port != "" {
		s.servers = []server{{}}
	}
	if in.Kind != connector.HostList && len(s.servers) > 1 {
		s.note(Note{Input: in, Why: api.M("paste.more_servers")})
		s.servers = s.servers[:1]
	}
	var list []string
	for _, one := range s.servers {
		if one.port == "" {
			one.port = s.port
		}
		if in.Kind == connector.Host {
			s.settle(item{role(in.Name), one.host, "host"})
			s.settle(item{port, one.port, "port"})
			return
		}
		if one.port == "" {
			one.port = usualPorts[s.slug]
		}
		list = append(list, one.host+":"+one.port)
	}
	s.settle(item{role(in.Name), strings.Join(list, ","), "host"})
}

// settle judges one value and gives it to its input.
func (s *settling) settle(it item) {
	in := s.input(it.role)
	if in == nil || !in.Secret {
		it.value = strings.TrimSpace(it.value)
	}
	switch {
	case it.value == "":
		return
	case in == nil:
		s.ignore("paste.no_input", it.name)
		return
	case placeholder.MatchString(it.value):
		s.note(Note{Input: in, Why: api.M("paste.reference")})
		return
	}
	canonical, f := in.Judge(it.value)
	if f != nil {
		s.note(Note{Input: in, Why: api.M(f.Key, f.Args...)})
		return
	}
	before, twice := s.result.Values[in.Name]
	if in.Secret {
		before, twice = s.result.Secrets[in.Name].Reveal(), !s.result.Secrets[in.Name].IsZero()
		s.result.Secrets[in.Name] = api.NewSecret(canonical)
	} else {
		s.result.Values[in.Name] = canonical
	}
	if twice && before != canonical {
		s.note(Note{Input: in, Why: api.M("paste.repeated")})
	}
}

// dropInapplicable takes back what means nothing beside the rest; in form
// order, because inputs depend on earlier ones.
func (s *settling) dropInapplicable() {
	c, r := s.result.Connector, &s.result
	for i := range c.Inputs {
		in := &c.Inputs[i]
		_, secret := r.Secrets[in.Name]
		if (r.Values[in.Name] != "" || secret) && !c.Applies(in, r.Values) {
			delete(r.Values, in.Name)
			delete(r.Secrets, in.Name)
			s.note(Note{Input: in, Why: api.M("paste.inapplicable")})
		}
	}
}

// tellUnderstood lists what was taken over; a map entry by entry.
func (s *settling) tellUnderstood(entries map[string]string) {
	c, r := s.result.Connector, &s.result
	for i := range c.Inputs {
		in := &c.Inputs[i]
		value, ok := r.Values[in.Name]
		_, secret := r.Secrets[in.Name]
		switch {
		case in.Kind == connector.Map:
			for _, key := range slices.Sorted(maps.Keys(entries)) {
				r.Understood = append(r.Understood, Note{Part: key + "=" + entries[key], Input: in})
			}
		case ok || secret:
			r.Understood = append(r.Understood, Note{Part: value, Input: in})
		}
	}
}
