package paste

import (
	"regexp"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// Roles of options whose values have a form of their own.
const (
	connectionOrName role = "connection" // a database's name, or a URL or connection string
	accountOf        role = "account"    // user:password, user,password or user%password
	sqlServerAddress role = "sqlserver"  // as readSQLServer has it
	chrooted         role = "chroot"     // servers and a path
	endpoint         role = "endpoint"   // the URL of an object store
)

// putOption adds the value of an option or a variable.
func (d *draft) putOption(r role, value, name string) {
	switch r {
	case connectionOrName:
		d.putConnection(value, name)
	case accountOf:
		d.putAccount(value, name)
	case sqlServerAddress:
		d.readSQLServer(value)
	case chrooted:
		servers, path, _ := strings.Cut(value, "/")
		d.put(host, servers, name)
		d.readElsewhere(address{path: path})
	case endpoint:
		d.putEndpoint(value, name)
	default:
		d.put(r, value, name)
	}
}

func (d *draft) putAccount(text, name string) {
	if i := strings.IndexAny(text, ":,%"); i >= 0 {
		d.put(password, text[i+1:], name)
		text = text[:i]
	}
	d.put(user, text, name)
}

// putConnection reads a connection where a database's name could stand, too.
func (d *draft) putConnection(text, name string) {
	slug := d.slug
	known, err := readURL(d, text)
	if !known && err == nil && (slug == "postgresql" || slug == "dws") {
		known, _ = readKeywords(d, text)
	}
	if !known {
		d.put(database, text, name)
	}
	if !known || slug == "dws" { // whose URLs are PostgreSQL's
		d.slug = slug
	}
}

// putEndpoint reads the address of an object store: one of a known cloud, or
// else of one that speaks S3, for which a link has no address.
func (d *draft) putEndpoint(text, name string) {
	before := *d
	if a, ok := splitURL(text); ok {
		d.readWeb(address{scheme: a.scheme, servers: a.servers})
	}
	switch d.slug {
	case "obs":
	case "oss":
		d.put("linkConfig.ossAuthType", "ACCESS_KEY", name)
	default:
		*d = before
		d.ignore("paste.no_input", name)
	}
}

// first puts the first word and notes that there are more.
func (d *draft) first(list []string, put func(w string)) {
	if len(list) > 0 {
		put(list[0])
	}
	if len(list) > 1 {
		d.note(Note{Why: api.M("paste.words")})
	}
}

// readMySQLWords reads the database. -p takes no word after it; where one
// stands there all the same, with the database behind it, it is a password.
func readMySQLWords(d *draft, list []string) {
	asked := func(n Note) bool { return n.Part == "-p" || n.Part == "--password" }
	if len(list) == 2 && slices.ContainsFunc(d.ignored, asked) {
		d.put(password, list[0], "-p")
		list = list[1:]
	}
	d.first(list, func(w string) { d.putConnection(w, "database") })
}

// readPostgresWords reads the database and the user.
func readPostgresWords(d *draft, list []string) {
	if len(list) > 1 {
		d.put(user, list[1], "user")
		list = append(list[:1:1], list[2:]...)
	}
	d.first(list, func(w string) { d.putConnection(w, "database") })
}

// readMongoWords reads a URL, host:port/database, or a database.
func readMongoWords(d *draft, list []string) {
	d.first(list, func(w string) {
		servers, name, found := strings.Cut(w, "/")
		if strings.Contains(w, "://") || !found && !strings.ContainsAny(servers, ".:") {
			d.putConnection(w, "database")
			return
		}
		d.put(host, servers, "host")
		d.put(database, name, "database")
	})
}

// readOracleWords reads user/password@target.
func readOracleWords(d *draft, list []string) {
	d.first(list, func(w string) {
		if !strings.EqualFold(w, "/nolog") {
			d.readLogon(w)
		}
	})
}

// readLogon reads user/password@target, whose user may stand alone.
func (d *draft) readLogon(text string) {
	if !strings.ContainsRune(text, '@') {
		text += "@"
	}
	d.readOracle(text)
}

// readDisqlWords reads user/password@host:port of Dameng's client.
func readDisqlWords(d *draft, list []string) {
	d.first(list, func(w string) {
		account, target := splitAt(w)
		d.readAccount(account, "/")
		d.put(host, target, "host")
	})
}

// readSSHWords reads user@host, with a path or a command after it.
func readSSHWords(d *draft, list []string) {
	d.first(list, func(w string) {
		if known, _ := readURL(d, w); !known {
			d.putAt(w)
		}
		d.slug = "sftp"
	})
}

// remotePath is what follows the host in user@host:path.
var remotePath = regexp.MustCompile(`:[^\]]*$`)

// putAt reads [user@]host[:path].
func (d *draft) putAt(text string) {
	account, where := splitAt(text)
	d.put(user, account, "user")
	d.put(host, remotePath.ReplaceAllString(where, ""), "host")
}

// readFTPWords reads a URL, or [user@]host and a port.
func readFTPWords(d *draft, list []string) {
	if len(list) > 1 {
		d.put(port, list[1], "port")
		list = append(list[:1:1], list[2:]...)
	}
	d.first(list, func(w string) {
		if known, _ := readURL(d, w); !known {
			d.putAt(w)
		}
	})
}

// readShareWords reads the share, and the password that may follow it.
func readShareWords(d *draft, list []string) {
	if len(list) > 1 {
		d.put(password, list[1], "password")
		list = append(list[:1:1], list[2:]...)
	}
	d.first(list, func(w string) {
		if known, _ := readURL(d, w); !known {
			d.put(protocol, "SMB", "protocol")
			d.put("linkConfig.server", w, "share")
		}
	})
}

// readURLWords reads the first URL among the words.
func readURLWords(d *draft, list []string) {
	for _, w := range list {
		if known, _ := readURL(d, w); known {
			return
		}
	}
}

// readMinIOWords reads "alias set NAME URL ACCESS-KEY SECRET-KEY", or with
// "config host add" in old versions.
func readMinIOWords(d *draft, list []string) {
	line, n := strings.Join(list, " "), 3
	if strings.HasPrefix(line, "config host add ") {
		n = 4
	} else if !strings.HasPrefix(line, "alias set ") {
		d.slug = "" // it names no server
		return
	}
	for i, w := range list[min(n, len(list)):] {
		if i < 3 {
			d.putOption([]role{endpoint, user, password}[i], w, []string{"URL", "access key", "secret key"}[i])
		}
	}
}
