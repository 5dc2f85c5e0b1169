package main

import (
	"context"
	"io"
)

func (p *program) help(_ context.Context, args []string) error {
	if _, err := p.parse(newFlags(), args); err != nil {
		return err
	}
	_, err := io.WriteString(p.stdout, helpText)
	return err
}

const helpText = `Switchboard: links, connections, aliases, whitelists and replication.

  console serve [--listen 127.0.0.1:8080] [--link-check connect|shape]
                [--trusted-proxy CIDR,...]
                [--egress-allow RULE,...] [--egress-deny RULE,...]
                [--checks 16] [--checks-per-project 8]
                [--regions DIR,...] [--copies 8]
      Serve the console and the wire API. The first start makes an account, a
      project named after the region, and prints a link, good once and for a
      day, to set up the first administrator; or, if SWITCHBOARD_ADMIN_PASSWORD
      is set, it makes the user admin with that password.
      --link-check shape lets the wire API look at the form of a link only;
      connect really asks the system behind it.
      --trusted-proxy names the reverse proxies whose X-Forwarded-* headers are
      believed; nobody else's are.
      --egress-deny names what checks must not connect to; --egress-allow, if
      given, is all they may. A rule is a network, an address, a name or
      *.suffix (every name below it), and if not all ports are meant, :PORT or
      :FROM-TO:
      10.0.0.0/8  10.0.0.7:3306  [fd00::/8]:443  *.example.com:5432-5439  :25
      Where both apply, deny wins. All addresses of a name must be allowed.
      Link-local and multicast addresses, the metadata services of clouds and
      the console itself are always refused.
      --checks is how many checks run at the same time, and --checks-per-project
      how many of them for one project; others wait their turn.
      --regions names the folders that regions in folders may lie in (regions in
      the data folder); new ones are made in the first. --copies is how many
      backups this server copies at the same time. Servers that share a database
      need the same folders, at the same paths.

  console user add NAME
      Add a user. The password is SWITCHBOARD_PASSWORD; without that you are
      asked for it, or it is the first line of standard input.

  console project add NAME [--id ID] [--region NAME] [--json]
  console project list [--json]
      Add a project, or list all. --id gives a project the id (32 hex digits)
      of one that exists in the cloud, --region the region that its backups are
      in; without, that is the server's.

  console key create --user NAME [--project NAME] [--json]
      Make an access key and print it with its secret, which is shown only this
      once. With --project it works in that project only; without, in all that
      the user may use, and the region's project is printed.

  console secrets rotate
      Put a new key in front of the key file and seal all stored secrets with
      it. Running servers on the same file follow; at their next start everybody
      has to sign in again. If SWITCHBOARD_KEYS is set, put the new key in front
      of it yourself (openssl rand -base64 32) and run this to seal with it.

  console version
  console help

All commands take these flags, and may be used while the server runs:

  --data DIR         the data folder (./data): the database and the key file
  --database URL     postgres://user:password@host:port/name instead of SQLite
  --region NAME      the region, which names the first project (local-1)

Every flag can be set by environment: --link-check is SWITCHBOARD_LINK_CHECK.
SWITCHBOARD_KEYS holds the keys of the secrets, one base64 key of 32 bytes a
line, the current one first, instead of the key file.

When something goes wrong, one line says what, and the exit status is 2.
`
