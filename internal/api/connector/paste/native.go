package paste

import (
	"strings"

	"switchboard/internal/api"
)

// native are URLs by their scheme: the tile, and how the rest is read. A
// driver's name after the scheme (mysql+pymysql) means nothing to us.
var native = map[string]struct {
	slug string
	read func(d *draft, a address)
}{
	"mysql":      {"mysql", (*draft).readDatabase},
	"mysql2":     {"mysql", (*draft).readDatabase},
	"mysqlx":     {"mysql", (*draft).readDatabase},
	"mariadb":    {"mysql", (*draft).readDatabase},
	"postgres":   {"postgresql", (*draft).readDatabase},
	"postgresql": {"postgresql", (*draft).readDatabase},
	"pgsql":      {"postgresql", (*draft).readDatabase},
	"opengauss":  {"postgresql", (*draft).readDatabase},
	"kingbase":   {"postgresql", (*draft).readDatabase},
	"gaussdb":    {"dws", (*draft).readDatabase},
	"sqlserver":  {"sqlserver", (*draft).readDatabase},
	"mssql":      {"sqlserver", (*draft).readDatabase},
	"oracle":     {"oracle", (*draft).readOracleAddress},
	"db2":        {"db2", (*draft).readDatabase},
	"hdb":        {"sap-hana", (*draft).readDatabase},
	"hana":       {"sap-hana", (*draft).readDatabase},
	"dm":         {"dm", (*draft).readDatabase},
	"mongodb":    {"mongodb", (*draft).readDatabase},
	"redis":      {"redis", (*draft).readRedis},
	"rediss":     {"redis", (*draft).readRedis},
	"kafka":      {"apache-kafka", (*draft).readFiles},
	"zookeeper":  {"apache-hbase", (*draft).readFiles},
	"zk":         {"apache-hbase", (*draft).readFiles},
	"ftp":        {"ftp", (*draft).readFiles},
	"ftps":       {"ftp", (*draft).readFiles},
	"sftp":       {"sftp", (*draft).readFiles},
	"ssh":        {"sftp", (*draft).readFiles},
	"smb":        {"nas", (*draft).readShareURL},
	"cifs":       {"nas", (*draft).readShareURL},
	"nfs":        {"nas", (*draft).readShareURL},
	"hdfs":       {"apache-hdfs", (*draft).readHDFS},
	"viewfs":     {"apache-hdfs", (*draft).readHDFS},
	"thrift":     {"apache-hive", (*draft).readThrift},
	"s3":         {"s3", (*draft).readBucket},
	"s3a":        {"s3", (*draft).readBucket},
	"s3n":        {"s3", (*draft).readBucket},
	"obs":        {"obs", (*draft).readBucket},
	"oss":        {"oss", (*draft).readBucket},
	"cos":        {"kodo-cos", (*draft).readBucket},
	"cosn":       {"kodo-cos", (*draft).readBucket},
	"http":       {"http", (*draft).readWeb},
	"https":      {"http", (*draft).readWeb},
}

// readURL reads scheme://….
func readURL(d *draft, text string) (bool, error) {
	a, ok := splitURL(text)
	if !ok {
		return false, nil
	}
	// Lists may repeat the scheme: thrift://a:9083,thrift://b:9083.
	text = strings.ReplaceAll(d.oneLine(text, " \t\r\n"), ","+a.scheme+"://", ",")
	a, _ = splitURL(text)
	scheme, driver, _ := strings.Cut(a.scheme, "+")
	kind, known := native[scheme]
	switch {
	case scheme == "hive" || scheme == "hive2":
		return false, refuse("paste.hive2")
	case !known:
		return false, refuse("paste.unsupported", "name", scheme)
	case driver == "srv":
		d.note(Note{Why: api.M("paste.srv")})
		a.servers = ""
	}
	d.slug = kind.slug
	kind.read(d, a)
	return true, nil
}

// readAccess reads who connects, and where to.
func (d *draft) readAccess(a address) {
	d.put(host, a.servers, "host")
	d.put(user, a.user, "user")
	d.put(password, a.password, "password")
}

func (d *draft) readDatabase(a address) {
	d.readAccess(a)
	d.put(database, a.path, "database")
	for _, p := range a.params {
		d.setting(p)
	}
}

// readOracleAddress reads what go-ora, SQLAlchemy and their like write.
func (d *draft) readOracleAddress(a address) {
	d.readAccess(a)
	by := "SERVICENAME"
	for _, p := range a.params {
		switch plain(p.name) {
		case "sid":
			by = "SID"
			d.put(sid, p.value, p.name)
		case "servicename":
			d.put(database, p.value, p.name)
		default:
			d.setting(p)
		}
	}
	d.put(addressBy, by, "service")
	if by == "SERVICENAME" {
		d.put(database, a.path, "service")
	}
}

func (d *draft) readRedis(a address) {
	d.readDatabase(a)
	if a.scheme == "rediss" {
		d.ignore("paste.no_input", "TLS")
	}
	if len(d.servers) > 1 {
		d.put("linkConfig.deploymentMode", "Cluster", "servers")
	}
}

// readFiles reads servers whose paths are named by jobs.
func (d *draft) readFiles(a address) {
	d.readAccess(a)
	if a.scheme == "ftps" {
		d.ignore("paste.no_input", "TLS")
	}
	d.readElsewhere(a)
}

// readElsewhere notes what belongs to jobs.
func (d *draft) readElsewhere(a address) {
	if a.path != "" {
		d.ignore("paste.not_needed", "path")
	}
	for _, p := range a.params {
		d.ignore("paste.not_needed", p.name)
	}
}

func (d *draft) readHDFS(a address) {
	d.put("linkConfig.uri", a.scheme+"://"+a.servers, "NameNode")
	a.servers = ""
	d.readFiles(a)
}

// readThrift reads the addresses of Hive's metastore.
func (d *draft) readThrift(a address) {
	var uris []string
	for one := range strings.SplitSeq(a.servers, ",") {
		if splitServer(one).port == "" {
			one += ":9083"
		}
		uris = append(uris, "thrift://"+one)
	}
	d.put("linkConfig.hiveMsUris", strings.Join(uris, ","), "metastore")
	a.servers = ""
	d.readFiles(a)
}

// readBucket reads an object store; buckets and paths are named by jobs.
func (d *draft) readBucket(a address) {
	d.put(user, a.user, "access key")
	d.put(password, a.password, "secret key")
	d.ignore("paste.not_needed", "bucket")
	d.readElsewhere(address{params: a.params})
}
