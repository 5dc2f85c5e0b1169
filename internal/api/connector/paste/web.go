package paste

import "regexp"

// services are what answers at web addresses that give it away.
var services = []struct {
	form *regexp.Regexp // of host:port
	slug string
	path role // of the input that the address goes to
}{
	{regexp.MustCompile(`(?i)^(?:[a-z0-9.-]+\.)?obs\.[a-z0-9-]+\.[a-z0-9.-]+(:\d+)?$`), "obs", host},
	{regexp.MustCompile(`(?i)(^|\.)oss-[a-z0-9-]+\.aliyuncs\.com(:\d+)?$`), "oss", "linkConfig.ossEndpoint"},
	{regexp.MustCompile(`(?i)^dis\.[a-z0-9-]+\.[a-z0-9.-]+(:\d+)?$`), "dis", "linkConfig.endpoint"},
	{regexp.MustCompile(`:9200$`), "elasticsearch", host},
	{regexp.MustCompile(`:4242$`), "opentsdb", host},
}

// readWeb reads a web address: of a service that can be told, or of files.
func (d *draft) readWeb(a address) {
	for _, service := range services {
		if service.form.MatchString(a.servers) {
			d.slug = service.slug
			d.readService(a, service.path)
			return
		}
	}
	d.ignore("paste.not_needed", "URL")
}

func (d *draft) readService(a address, path role) {
	d.put(user, a.user, "user")
	d.put(password, a.password, "password")
	switch {
	case path != host:
		d.put(path, a.scheme+"://"+a.servers, "URL")
	case d.slug == "obs":
		d.put(port, map[string]string{"http": "80", "https": "443"}[a.scheme], "port")
		d.put(host, a.servers, "host")
	default:
		d.put(host, a.servers, "host")
		if a.scheme == "https" {
			d.ignore("paste.no_input", "https")
		}
	}
	d.signsIn()
	d.readElsewhere(a)
}

// signsIn says that a search cluster asks for an account, where one is given.
func (d *draft) signsIn() {
	for _, it := range d.items {
		if d.slug == "elasticsearch" && it.role == user {
			d.put("linkConfig.safemode", "true", "user")
			return
		}
	}
}
