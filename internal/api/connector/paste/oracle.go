package paste

import (
	"regexp"
	"strings"

	"switchboard/internal/api"
)

const (
	addressBy role = "linkConfig.databaseconfig"
	sid       role = "linkConfig.sidname"
)

// readOracleURL reads what follows jdbc:oracle:, which is thin:account@target
// or oci:account@target.
func (d *draft) readOracleURL(text string) {
	_, rest, _ := strings.Cut(text, ":")
	d.readOracle(strings.TrimSpace(rest))
}

// readOracle reads user/password@target.
func (d *draft) readOracle(text string) {
	account, target := splitAt(text)
	d.readAccount(account, "/")
	d.readTarget(strings.TrimSpace(target))
}

// readAccount reads user and password around a separator, either in quotes.
func (d *draft) readAccount(text, separator string) {
	name, secret, _ := strings.Cut(text, separator)
	d.put(user, strings.Trim(name, `"`), "user")
	d.put(password, strings.Trim(secret, `"`), "password")
}

// readTarget reads what an Oracle client connects to: a descriptor, or
// [//]host[:port][/service], or host:port:sid.
func (d *draft) readTarget(text string) {
	if text == "" {
		return
	}
	if strings.HasPrefix(text, "(") {
		d.readDescription(text)
		return
	}
	text, query, _ := strings.Cut(d.oneLine(text, " \t\r\n"), "?")
	for _, p := range splitParams(query, "&") {
		d.property(p)
	}
	protocol, rest, found := strings.Cut(text, "//")
	if !found {
		protocol, rest = "", text
	}
	switch strings.ToLower(protocol) {
	case "", "tcp:":
	case "tcps:":
		d.ignore("paste.no_input", "tcps")
	default: // ldap:, config providers
		d.ignore("paste.not_allowed", strings.TrimSuffix(protocol, ":"))
		return
	}
	address, service, hasService := strings.Cut(rest, "/")
	parts := strings.Split(address, ":")
	switch {
	case hasService:
		service, _, _ = strings.Cut(service, "/") // the instance
		service, _, _ = strings.Cut(service, ":") // the kind of server process
		d.put(addressBy, "SERVICENAME", "service")
		d.put(database, service, "service")
	case len(parts) == 3:
		address = parts[0] + ":" + parts[1]
		d.put(addressBy, "SID", "SID")
		d.put(sid, parts[2], "SID")
	case len(parts) == 1 && !found && !strings.Contains(address, "."):
		d.note(Note{Why: api.M("paste.alias")})
		return
	}
	d.put(host, address, "host")
}

// descriptor is a TNS descriptor, alone or as an entry of tnsnames.ora.
var descriptor = regexp.MustCompile(`(?is)^\s*(?:[\w.-]+\s*=\s*)?(\(\s*(?:DESCRIPTION|ADDRESS)[A-Z_]*\s*=.*)$`)

// readDescriptor reads (DESCRIPTION=(ADDRESS=…)(CONNECT_DATA=…)).
func readDescriptor(d *draft, text string) (bool, error) {
	found := descriptor.FindStringSubmatch(text)
	if found == nil {
		return false, nil
	}
	d.slug = "oracle"
	d.readDescription(found[1])
	return true, nil
}

// readDescription reads the parts of a descriptor; of several addresses each
// is a server.
func (d *draft) readDescription(text string) {
	var at server
	for _, p := range leaves(text) {
		switch strings.ToUpper(p.name) {
		case "HOST":
			d.addServers(at.host+portOf(at), ",")
			at = server{host: bracketed(p.value)}
		case "PORT":
			at.port = p.value
		case "SERVICE_NAME":
			d.put(addressBy, "SERVICENAME", p.name)
			d.put(database, p.value, p.name)
		case "SID":
			d.put(addressBy, "SID", p.name)
			d.put(sid, p.value, p.name)
		case "PROTOCOL":
			if strings.EqualFold(p.value, "tcps") {
				d.ignore("paste.no_input", "tcps")
			}
		default:
			d.ignore("paste.not_needed", p.name)
		}
	}
	d.addServers(at.host+portOf(at), ",")
}

func portOf(s server) string {
	if s.port == "" || s.host == "" {
		return ""
	}
	return ":" + s.port
}

// leaves are the name=value pairs of a descriptor that hold no others, in order.
func leaves(text string) []pair {
	var pairs []pair
	name, from := "", 0
	for i, c := range []byte(text) {
		switch c {
		case '(':
			name, from = "", i+1
		case '=':
			if name == "" {
				name, from = strings.TrimSpace(text[from:i]), i+1
			}
		case ')':
			if value := strings.Trim(strings.TrimSpace(text[from:i]), `"`); name != "" && value != "" {
				pairs = append(pairs, pair{name, value})
			}
			name, from = "", i+1
		}
	}
	return pairs
}

// easyConnect is user/password@host:port/service or user/password@//….
var easyConnect = regexp.MustCompile(`^[^\s/@:="]+/\S+@(//)?[\w.-]+(:\d+)?(/\S*|:\w+)$`)

func readEasyConnect(d *draft, text string) (bool, error) {
	if !easyConnect.MatchString(text) {
		return false, nil
	}
	d.slug = "oracle"
	d.readOracle(text)
	return true, nil
}

// splitAt cuts account@place around the last @; without one there is no account.
func splitAt(text string) (account, place string) {
	i := strings.LastIndexByte(text, '@')
	return text[:max(i, 0)], text[i+1:]
}
