package paste

import (
	"regexp"
	"strings"
)

// jdbcKinds are the URLs of JDBC drivers, by what follows "jdbc:". KingbaseES
// and openGauss are reached as PostgreSQL, GaussDB as DWS.
var jdbcKinds = map[string]struct {
	slug string
	read func(d *draft, text string)
}{
	"mysql":      {"mysql", (*draft).readJDBCURL},
	"mariadb":    {"mysql", (*draft).readJDBCURL},
	"postgresql": {"postgresql", (*draft).readJDBCURL},
	"kingbase8":  {"postgresql", (*draft).readJDBCURL},
	"opengauss":  {"postgresql", (*draft).readJDBCURL},
	"gaussdb":    {"dws", (*draft).readJDBCURL},
	"sap":        {"sap-hana", (*draft).readJDBCURL},
	"dm":         {"dm", (*draft).readJDBCURL},
	"sqlserver":  {"sqlserver", (*draft).readSQLServerURL},
	"microsoft":  {"sqlserver", (*draft).readSQLServerURL},
	"jtds":       {"sqlserver", (*draft).readSQLServerURL},
	"db2":        {"db2", (*draft).readDB2URL},
	"oracle":     {"oracle", (*draft).readOracleURL},
}

var subprotocol = regexp.MustCompile(`^(?i)jdbc:([a-z0-9+_-]{1,20}):`)

// readJDBC reads jdbc:….
func readJDBC(d *draft, text string) (bool, error) {
	found := subprotocol.FindStringSubmatch(text)
	if found == nil {
		return false, nil
	}
	name := strings.ToLower(found[1])
	kind, ok := jdbcKinds[name]
	switch {
	case name == "hive2":
		return false, refuse("paste.hive2")
	case !ok:
		return false, refuse("paste.unsupported", "name", "jdbc:"+name)
	}
	d.slug = kind.slug
	kind.read(d, text[len(found[0]):])
	return true, nil
}

// readJDBCURL reads //user:password@servers/database?properties, with words
// before it that say how several servers are used (loadbalance:), or a
// database alone.
func (d *draft) readJDBCURL(text string) {
	text = d.oneLine(text, " \t\r\n")
	words, rest, found := strings.Cut(text, "//")
	if !found {
		rest = "/" + words
	}
	a := splitAuthority(rest)
	a.servers = strings.ReplaceAll(a.servers, ";", ",")
	d.readAccess(a)
	d.put(database, a.path, "database")
	for _, p := range a.params {
		d.property(p)
	}
}

// readSQLServerURL reads //host\instance:port;name=value;…, and of jTDS
// //host:port/database;….
func (d *draft) readSQLServerURL(text string) {
	text = d.oneLine(text, "\r\n")
	_, rest, _ := strings.Cut(text, "//")
	address, properties, _ := strings.Cut(rest, ";")
	address, name, _ := strings.Cut(address, "/")
	d.readSQLServer(address)
	d.put(database, name, "database")
	for _, p := range splitQuoted(properties) {
		if plain(p.name) == "servername" || plain(p.name) == "server" {
			d.readSQLServer(p.value)
		} else {
			d.property(p)
		}
	}
}

// readSQLServer reads tcp:host\instance,port as SQL Server's own clients do;
// a colon will do before the port, too.
func (d *draft) readSQLServer(text string) {
	for _, protocol := range []string{"tcp:", "np:", "admin:"} {
		if len(text) >= len(protocol) && strings.EqualFold(text[:len(protocol)], protocol) {
			text = text[len(protocol):]
		}
	}
	name, number, _ := strings.Cut(text, ",")
	if number == "" {
		s := splitServer(text)
		name, number = s.host, s.port
	}
	name, instance, named := strings.Cut(strings.TrimSpace(name), `\`)
	if named && number == "" {
		d.ignore("paste.instance", instance)
	}
	d.put(host, bracketed(name), "server")
	d.put(port, strings.TrimSpace(number), "port")
}

// bracketed keeps an IPv6 address from being read as host:port.
func bracketed(name string) string {
	if strings.Contains(name, ":") && !strings.HasPrefix(name, "[") {
		return "[" + name + "]"
	}
	return name
}

// readDB2URL reads //host:port/database:name=value;….
func (d *draft) readDB2URL(text string) {
	text = d.oneLine(text, "\r\n")
	_, rest, _ := strings.Cut(text, "//")
	address, rest, _ := strings.Cut(rest, "/")
	name, properties, _ := strings.Cut(rest, ":")
	d.put(host, address, "host")
	d.put(database, name, "database")
	for _, p := range splitQuoted(properties) {
		d.property(p)
	}
}
