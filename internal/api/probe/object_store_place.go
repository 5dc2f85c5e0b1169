package probe

import (
	"cmp"
	"net"
	"regexp"
	"strings"
)

// The inputs that say where an object store is.
const (
	pathOBSServer   = "linkConfig.server"
	pathOSSEndpoint = "linkConfig.ossEndpoint"
	pathZone        = "linkConfig.zone"
)

// anyRegion is in the signature where the host does not tell the region.
const anyRegion = "us-east-1"

// The regions in the names of OBS and OSS, which stand behind the bucket's if
// there is one.
var (
	obsRegion = regexp.MustCompile(`(?:^|\.)obs\.([a-z0-9-]+)\.`)
	ossRegion = regexp.MustCompile(`(?:^|\.)oss-([a-z0-9-]+?)(?:-internal)?\.`)
)

func regionIn(host string, where *regexp.Regexp) string {
	if found := where.FindStringSubmatch(strings.ToLower(host)); found != nil {
		return found[1]
	}
	return anyRegion
}

// obsPlace reads where OBS is. 443 stands for HTTPS and 80 for HTTP.
func obsPlace(in inputs) (place, error) {
	host := in.text(pathOBSServer)
	if !plain(host) {
		return place{}, fault("input", pathOBSServer)
	}
	at, err := readEndpoint(net.JoinHostPort(strings.Trim(host, "[]"), in.text(pathPort)), pathPort)
	if err != nil {
		return place{}, err
	}
	at.hostPath = pathOBSServer
	p := place{at: at, how: eitherWay, region: regionIn(host, obsRegion)}
	switch at.port {
	case 443:
		p.how = overTLS
	case 80:
		p.how = plainHTTP
	}
	return p, nil
}

func ossPlace(in inputs) (place, error) {
	p, err := in.placeOf(pathOSSEndpoint)
	p.region = regionIn(p.at.host, ossRegion)
	return p, err
}

// amazonPlace is the same for all links: S3 lists the buckets of all regions
// in one place.
func amazonPlace(inputs) (place, error) {
	return cloudPlace("s3.amazonaws.com", anyRegion, pathStorageType)
}

// kodoZones are the names that KODO had for its regions before it spoke S3.
var kodoZones = map[string]string{
	"z0": "cn-east-1", "z1": "cn-north-1", "z2": "cn-south-1", "na0": "us-north-1", "as0": "ap-southeast-1",
}

// kodoRegion tells the regions of KODO from those of COS, which are named
// after cities.
var kodoRegion = regexp.MustCompile(`^(cn-(east|north|south|northwest)|us-north|ap-southeast)-[0-9]$`)

// zonePlace makes the address of KODO or COS out of the zone.
func zonePlace(in inputs) (place, error) {
	zone := strings.ToLower(in.text(pathZone))
	region := cmp.Or(kodoZones[zone], zone)
	switch {
	case kodoRegion.MatchString(region):
		return cloudPlace("s3."+region+".qiniucs.com", region, pathZone)
	case cosRegion.MatchString(region):
		return cloudPlace("cos."+region+".myqcloud.com", region, pathZone)
	}
	return place{}, fault("store.no_zone", pathZone)
}

// cosRegion is a region of COS.
var cosRegion = regexp.MustCompile(`^(ap|na|eu|sa|me|af)-[a-z]+(-[a-z0-9]+)*$`)

func cloudPlace(host, region, path string) (place, error) {
	at, err := readEndpoint(net.JoinHostPort(host, "443"), path)
	return place{at: at, how: overTLS, region: region}, err
}
