package paste

import (
	"regexp"
	"strings"
)

// goDSN is user:password@protocol(address)/database?params of Go's MySQL
// driver; some programs write a scheme before it.
var goDSN = regexp.MustCompile(`^(?:mysql://)?(?:(.*)@)?(tcp[46]?|unix)\(([^()]*)\)/([^?/]*)(?:\?(.*))?$`)

func readGoDSN(d *draft, text string) (bool, error) {
	found := goDSN.FindStringSubmatch(text)
	if found == nil {
		return false, nil
	}
	d.slug = "mysql"
	name, secret, _ := strings.Cut(found[1], ":")
	d.put(user, name, "user")
	d.put(password, secret, "password")
	if found[2] == "unix" {
		d.ignore("paste.not_allowed", "unix")
	} else {
		d.put(host, found[3], "host")
	}
	d.put(database, unescape(found[4]), "database")
	for _, p := range splitParams(found[5], "&") {
		d.setting(p)
	}
	return true, nil
}

// keywords is the connection string of libpq: host=db port=5432 password='a b'.
var keywords = regexp.MustCompile(`^(?:[a-z_]+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s']*)(?:\s+|$))+$`)
var keyword = regexp.MustCompile(`([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']*)`)
var escaped = regexp.MustCompile(`\\(.)`)

func readKeywords(d *draft, text string) (bool, error) {
	if !keywords.MatchString(text) {
		return false, nil
	}
	var pairs []pair
	known := false
	for _, found := range keyword.FindAllStringSubmatch(text, -1) {
		value := strings.TrimSuffix(strings.TrimPrefix(found[2], "'"), "'")
		pairs = append(pairs, pair{found[1], escaped.ReplaceAllString(value, "$1")})
		if found[1] == "host" || found[1] == "dbname" || found[1] == "hostaddr" {
			known = !strings.ContainsRune(found[2], ';') // which would be ADO.NET's
		}
	}
	if !known {
		return false, nil
	}
	d.slug = "postgresql"
	for _, p := range pairs {
		d.setting(p)
	}
	return true, nil
}

// drivers tell databases by the name of an ODBC or OLE DB driver.
var drivers = []struct{ part, slug string }{
	{"mysql", "mysql"}, {"mariadb", "mysql"}, {"postgres", "postgresql"}, {"psqlodbc", "postgresql"}, {"oracle", "oracle"}, {"oraoledb", "oracle"},
	{"db2", "db2"}, {"hdbodbc", "sap-hana"}, {"hana", "sap-hana"}, {"dm8", "dm"}, {"sql server", "sqlserver"}, {"sql", "sqlserver"},
}

// hanaPort is a port of SAP HANA: 3, the instance, and a service for SQL.
var hanaPort = regexp.MustCompile(`:3\d\d(13|15|41)$`)

// readConnectionString reads name=value;name=value as ADO.NET, ODBC and OLE DB
// write it.
func readConnectionString(d *draft, text string) (bool, error) {
	pairs := splitQuoted(text)
	values := map[string]string{}
	where := ""
	for _, p := range pairs {
		values[plain(p.name)] = p.value
		if where == "" && roles[plain(p.name)] == host {
			where = p.value
		}
	}
	if where == "" || len(values) < 2 && !strings.ContainsRune(text, ';') {
		return false, nil
	}
	d.slug = connectionSlug(values, where)
	for _, p := range pairs {
		d.readConnectionPair(p)
	}
	return true, nil
}

func (d *draft) readConnectionPair(p pair) {
	switch r := roles[plain(p.name)]; {
	case plain(p.name) == "driver" || plain(p.name) == "provider":
		d.ignore("paste.not_needed", p.name)
	case r == host && d.slug == "sqlserver":
		d.readSQLServer(p.value)
	case r == host && d.slug == "oracle":
		d.readTarget(p.value)
	case plain(p.name) == "trustservercertificate":
		d.ignore("paste.not_allowed", p.name)
	default:
		d.setting(p)
	}
}

// connectionSlug tells whose connection string it is.
func connectionSlug(values map[string]string, where string) string {
	for _, driver := range drivers {
		if strings.Contains(strings.ToLower(values["driver"]+values["provider"]), driver.part) {
			return driver.slug
		}
	}
	_, hasHost := values["host"]
	_, hasPort := values["port"]
	switch {
	case values["hostname"] != "" || values["protocol"] != "":
		return "db2"
	case values["servernode"] != "" || hanaPort.MatchString(where):
		return "sap-hana"
	case hasHost || values["port"] == "5432":
		return "postgresql"
	case values["datasource"] != "" && (strings.HasPrefix(where, "(") || strings.Contains(where, "/")):
		return "oracle"
	case hasPort || values["sslmode"] != "":
		return "mysql"
	}
	return "sqlserver"
}

// splitQuoted reads name=value;name=value; a value may stand in braces, or in
// single or double quotes, with the closing one doubled inside.
func splitQuoted(text string) []pair {
	var pairs []pair
	for text != "" {
		end := strings.IndexAny(text, "=;")
		switch {
		case end >= 0 && text[end] == '=':
			p := pair{name: strings.TrimSpace(text[:end])}
			p.value, text = quotedValue(strings.TrimLeft(text[end+1:], " \t"))
			pairs = append(pairs, p)
			continue
		case end < 0:
			end = len(text) - 1
		}
		if strings.Trim(text[:end+1], "; \t\r\n") != "" {
			pairs = append(pairs, pair{}) // perhaps a piece of a secret
		}
		text = text[end+1:]
	}
	return pairs
}

// quotedValue reads one value and returns what follows its semicolon.
func quotedValue(text string) (value, rest string) {
	closing, ok := map[byte]string{'{': "}", '"': `"`, '\'': "'"}[firstByte(text)]
	if !ok {
		value, rest, _ = strings.Cut(text, ";")
		return strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for text = text[1:]; text != ""; {
		before, after, found := strings.Cut(text, closing)
		b.WriteString(before)
		text = after
		if !found || !strings.HasPrefix(after, closing) {
			break
		}
		b.WriteString(closing)
		text = after[1:]
	}
	_, rest, _ = strings.Cut(text, ";")
	return b.String(), rest
}

func firstByte(text string) byte {
	if text == "" {
		return 0
	}
	return text[0]
}
