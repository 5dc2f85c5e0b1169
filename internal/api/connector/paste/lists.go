package paste

import (
	"regexp"
	"strings"
)

const protocol role = "linkConfig.protocol"

// readShareURL reads smb://user:password@host/share and nfs://host/path.
func (d *draft) readShareURL(a address) {
	d.put(user, strings.ReplaceAll(a.user, ";", `\`), "user")
	d.put(password, a.password, "password")
	if a.scheme == "nfs" {
		d.putShare("NFS", splitServer(a.servers).host+":/"+a.path)
		return
	}
	d.putShare(strings.ToUpper(a.scheme), "//"+splitServer(a.servers).host+"/"+strings.TrimSuffix(a.path, "/"))
}

func (d *draft) putShare(kind, path string) {
	d.put(protocol, kind, "protocol")
	d.put("linkConfig.server", path, "share")
}

var (
	uncShare = regexp.MustCompile(`^(\\\\[^\\/\s]+\\|//[^\\/\s]+/)[^\r\n]+$`)
	nfsShare = regexp.MustCompile(`^([A-Za-z0-9._-]{2,}|\[[0-9a-fA-F:.]+\]):/[^\s/][^\s]*$`)
)

// readShare reads \\host\share, //host/share and host:/path.
func readShare(d *draft, text string) (bool, error) {
	d.slug = "nas"
	switch {
	case uncShare.MatchString(text):
		d.putShare("SMB", text)
	case nfsShare.MatchString(text):
		d.putShare("NFS", text)
	default:
		return false, nil
	}
	return true, nil
}

// portSlugs tell what listens on a port, where a list of servers is all there is.
var portSlugs = map[string]string{
	"3306": "mysql", "5432": "postgresql", "1433": "sqlserver", "1521": "oracle", "50000": "db2", "30015": "sap-hana", "5236": "dm",
	"8066": "mycat", "27017": "mongodb", "6379": "redis", "9200": "elasticsearch", "4242": "opentsdb", "2181": "apache-hbase", "21": "ftp", "22": "sftp",
	"9092": "apache-kafka", "9093": "apache-kafka", "9094": "apache-kafka", "9095": "apache-kafka", "9096": "apache-kafka", "9098": "apache-kafka",
	"21005": "apache-kafka", "21007": "apache-kafka", "21008": "apache-kafka", "21009": "apache-kafka",
}

var serverList = regexp.MustCompile(`^(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d+)?(?:[,;]\s*(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d+)?)*(?:/[\w/.-]*)?$`)

// readServerList reads host:port,host:port: what it is, the first port tells.
func readServerList(d *draft, text string) (bool, error) {
	if !serverList.MatchString(text) {
		return false, nil
	}
	text, path, _ := strings.Cut(text, "/")
	d.addServers(text, ",; ")
	if len(d.servers) == 0 || portSlugs[d.servers[0].port] == "" {
		return false, nil
	}
	d.slug = portSlugs[d.servers[0].port]
	if d.slug == "redis" && len(d.servers) > 1 {
		d.put("linkConfig.deploymentMode", "Cluster", "servers")
	}
	d.readElsewhere(address{path: path})
	return true, nil
}
