package paste

import (
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

const jdbcProperties = "linkConfig.jdbcProperties"

// roles are the names that settings have in URLs and connection strings, in
// lower case without blanks, hyphens and underscores.
var roles = map[string]role{
	"user": user, "username": user, "userid": user, "uid": user, "usr": user,
	"password": password, "pwd": password, "passwd": password, "pass": password,
	"database": database, "databasename": database, "dbname": database, "db": database, "initialcatalog": database,
	"host": host, "hostname": host, "server": host, "servername": host, "serverip": host, "hostaddr": skip,
	"datasource": host, "addr": host, "address": host, "networkaddress": host, "servernode": host,
	"port": port, "portnumber": port,
	"usessl": tls, "ssl": tls, "sslmode": tls, "tls": tls, "encrypt": tls, "requiressl": tls,
}

// plain is a name as roles has it.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name))
}

// setting reads a setting of a program that is not a JDBC driver: what a link
// has no input for is left out.
func (d *draft) setting(p pair) {
	if r := roles[plain(p.name)]; r != "" {
		d.put(r, p.value, p.name)
	} else {
		d.ignore("paste.not_needed", p.name)
	}
}

// property reads a property of a JDBC driver.
func (d *draft) property(p pair) {
	switch r := roles[plain(p.name)]; r {
	case "", tls, skip:
		d.properties = append(d.properties, p)
	default:
		d.put(r, p.value, p.name)
	}
}

// settleProperties takes over the properties that are allowed and returns them.
// Those that ask for encryption become the input for it, where there is one;
// those that ask for a verified server, too, stay properties beside it.
func (s *settling) settleProperties() map[string]string {
	c, values := s.result.Connector, s.result.Values
	secure := c.Input(string(useSSL))
	entries := map[string]string{}
	for _, p := range s.properties {
		if roles[plain(p.name)] == tls && secure != nil && c.Applies(secure, values) {
			s.put(tls, p.value, p.name)
			if !strings.HasPrefix(strings.ToLower(p.value), "verify") {
				continue
			}
		}
		s.settleProperty(p, entries)
	}
	if text := connector.WriteMap(entries); text != "" {
		values[jdbcProperties] = text
	}
	return entries
}

func (s *settling) settleProperty(p pair, entries map[string]string) {
	in := *s.result.Connector.Input(jdbcProperties)
	in.Keys = s.result.Connector.Keys(&in, s.result.Values)
	if placeholder.MatchString(p.value) {
		s.ignore("paste.variable", p.name)
		return
	}
	canonical, f := in.Judge(connector.WriteMap(map[string]string{p.name: p.value}))
	entry, _ := connector.ReadMap(canonical)
	switch {
	case f == nil:
		for name, value := range entry {
			entries[name] = value
		}
	case strings.HasPrefix(f.Key, "input.map_value") && nameable.MatchString(p.name):
		s.note(Note{Part: p.name, Why: api.M(f.Key, f.Args...)})
	default:
		s.ignore("paste.not_allowed", p.name)
	}
}
