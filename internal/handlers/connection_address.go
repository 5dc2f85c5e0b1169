package handlers

import (
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/web/templates/form"
)

// addressField is where the addresses of a connection stand in the form: rows
// of host and port.
const addressField = "url"

var (
	// between is what people write between addresses.
	between = regexp.MustCompile(`[\s,;，；]+`)
	// pastedAddress is a host, perhaps with its port: what can be taken apart.
	// Anything else is left as it was typed, for the service to explain.
	pastedAddress = regexp.MustCompile(`^([^\s:/@\[\]]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]*))?$`)
)

// setAddresses writes the addresses of a url into rows.
func setAddresses(v url.Values, text string) {
	var rows []form.Row
	for part := range strings.SplitSeq(text, ",") {
		rows = append(rows, form.Row{"host": part})
	}
	form.SetRows(v, addressField, rows)
	splitAddresses(v)
}

// splitAddresses takes apart what was typed or pasted into the box of a host:
// a host with its port, or a whole list of addresses, which becomes rows.
func splitAddresses(v url.Values) {
	var rows []form.Row
	for _, row := range form.ReadRows(v, addressField) {
		rows = append(rows, splitAddress(row)...)
	}
	if len(rows) <= form.MaxRows {
		form.SetRows(v, addressField, rows)
	}
}

func splitAddress(row form.Row) []form.Row {
	row = form.Row{"host": strings.TrimSpace(row["host"]), "port": strings.TrimSpace(row["port"])}
	parts := slices.DeleteFunc(between.Split(row["host"], -1), func(part string) bool { return part == "" })
	if len(parts) == 0 {
		return []form.Row{row}
	}
	var rows []form.Row
	for _, part := range parts {
		found := pastedAddress.FindStringSubmatch(part)
		if found == nil {
			return []form.Row{row}
		}
		host, port := found[1], found[2]
		if port == "" {
			port = row["port"]
		}
		rows = append(rows, form.Row{"host": host, "port": port})
	}
	return rows
}

// followPort fills in the usual port of the service: where nothing was typed
// yet, and where the port is the usual one of another service. There is always
// a row to type into.
func followPort(v url.Values, service *api.ConnectionService) {
	rows := form.ReadRows(v, addressField)
	if len(rows) == 0 {
		rows = []form.Row{{"host": ""}}
	}
	for i := range rows {
		if port := rows[i]["port"]; service != nil && (port == "" || usualPort(port)) {
			rows[i]["port"] = strconv.Itoa(service.Port)
		}
	}
	form.SetRows(v, addressField, rows)
}

// usualPort reports whether the port is one that the form fills in by itself.
func usualPort(port string) bool {
	return slices.ContainsFunc(api.ConnectionServices, func(s api.ConnectionService) bool { return strconv.Itoa(s.Port) == port })
}

// joinAddresses makes the url out of the rows, and says which row each of its
// addresses stands in. Rows in which nothing was typed are left out.
func joinAddresses(v url.Values) (text string, at []int) {
	var parts []string
	for n, row := range form.ReadRows(v, addressField) {
		host, port := row["host"], row["port"]
		switch {
		case host == "" && (port == "" || usualPort(port)):
			continue
		case port == "" || strings.ContainsAny(host, "/, "):
			parts = append(parts, host) // not a host: the port would only hide what is wrong
		default:
			parts = append(parts, host+":"+port)
		}
		at = append(at, n)
	}
	return strings.Join(parts, ","), at
}

// addressRow returns the row that a problem with the url is about, if it is
// about one: what the service says of that row alone, or its address.
func (cf *connectionForm) addressRow(p api.Problem) (string, bool) {
	parts := strings.Split(cf.draft.URL, ",")
	if len(parts) != len(cf.addresses) {
		return "", false // a comma was typed where it does not belong
	}
	for i, row := range slices.Backward(cf.addresses) {
		alone := api.ConnectionDraft{Service: cf.draft.Service, URL: parts[i]}
		mine := slices.ContainsFunc(alone.AddressProblems(), func(q api.Problem) bool { return reflect.DeepEqual(p, q) })
		if named := api.ConnectionAddresses(parts[i]); mine || len(named) == 1 && p.Message.Args["address"] == named[0] {
			return form.RowPath(addressField, row) + addressPart(p.Message.Key), true
		}
	}
	return "", false
}

// addressPart is which box of the row is to blame.
func addressPart(key string) string {
	switch key {
	case "connection.url_port", "connection.url_no_port", "connection.url_no_port_at_all":
		return ".port"
	}
	return ".host"
}
