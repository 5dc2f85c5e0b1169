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
                [--oidc-issuer URL --oidc-client-id ID ...] [--public-url URL]
                [--log-format text|json] [--metrics-listen ADDRESS]
                [--region-age 5s] [--region-calls 10]
      Serve the console and the wire API. The first start makes an account and
      a project named after the region. While no administrator can sign in, a
      start prints a link, good once and for a day, to set one up; or, if
      SWITCHBOARD_ADMIN_PASSWORD is set, makes the user admin with that.
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
      /healthz says that the server lives, /readyz whether it can work. Metrics
      for Prometheus are open at --metrics-listen, an address that only those
      should reach who may see them; or at /metrics, for whoever brings the
      token in SWITCHBOARD_METRICS_TOKEN (Authorization: Bearer TOKEN).
      The log, on standard error, has a line for every request.
      --region-age is how old what is shown of a project in a region of a cloud
      may be; older, it is read from the region again. --region-calls is how
      many calls a second a region gets for one project.
      --oidc-issuer and --oidc-client-id let people sign in at an OpenID
      provider, too; SWITCHBOARD_OIDC_SECRET is the client's secret.
      --oidc-scopes (profile, email), --oidc-groups-claim (groups; a path such
      as realm_access.roles), --oidc-name-claim (preferred_username) and
      --oidc-label say more, and --oidc-admin-group which group's members are
      administrators. --public-url is the console's address as browsers know
      it, such as https://console.example.com, for the provider to send them
      back to; without it, it is the one that they asked for.

  console user add NAME [--administrator] [--role PROJECT=ROLE]...
                   [--full-name NAME] [--email ADDRESS]
  console user invite NAME [the same]
      Add a user. The password is SWITCHBOARD_PASSWORD; without that you are
      asked for it, or it is the first line of standard input. invite asks for
      none and prints the path of a page where the user sets it.
      An administrator may do everything. Others need a role in a project:
      viewer, editor, approver or admin, each with all that those before may do.

  console user list [--json]
  console user disable NAME
  console user enable NAME
  console user reset NAME [--factor] [--administrator]
      disable ends the user's sessions, tokens and access keys at once. reset
      takes the password away and prints the path of a page where the user sets
      another, or with --factor takes the second factor away; --administrator
      also makes the user an administrator, should nobody be left who is one.

  console group add NAME [--description TEXT] [--claim VALUE] [--administrator]
  console group list [--json]
  console group delete NAME
  console group member GROUP USER [--remove]
      A group has roles as a user has. With --claim, those are its members whom
      the OpenID provider names as members of VALUE when they sign in; with
      --administrator, its members are administrators.

  console project add NAME [--id ID] [--region NAME] [--json]
  console project list [--json]
      Add a project, or list all. --id gives a project the id (32 hex digits)
      of one that exists in the cloud, --region the region that its backups are
      in; without, that is the server's.

  console project archive NAME
  console project restore NAME
      An archived project can be looked at, but nothing in it changes.

  console project move NAME --cloud-region REGION --cloud-project ID
                [--cloud huaweicloud|otc|custom] [--base URL]
                [--access-key AK | --domain ACCOUNT --user NAME] [--untested]
      Let an empty project live in a region of a cloud, or of another
      Switchboard (custom, the default, at --base). SWITCHBOARD_REGION_SECRET is
      the secret key, or the user's password. The region is tested first.

  console project role NAME [--user NAME | --group NAME] [--role ROLE]
      Say who may do what in a project, or list that. The role none takes a
      role away.

  console key create --user NAME [--project NAME] [--name LABEL] [--json]
  console key list --user NAME [--json]
  console key delete ACCESS-KEY
      Make an access key and print it with its secret, which is shown only this
      once. With --project it works in that project only; without, in all that
      the user may use, and the region's project is printed.

  console token create NAME --user NAME [--project NAME] [--days 90] [--json]
  console token list --user NAME [--json]
  console token revoke ID
      Make a token for a program (X-Auth-Token), which is shown only this once,
      and is good for up to 366 days. --project as with keys.

  console audit verify [--noted NUMBER:SEAL] [--json]
      Prove that no sealed entry of the audit log was changed, removed or added,
      or say which is the first that was. Note the number and the seal that it
      prints elsewhere, now and then, and give them back with --noted: so it is
      also found if the whole log was replaced.

  console audit export [--format jsonl|csv] [--project NAME]
                [--from TIME] [--until TIME]
      Print the audit log, oldest first: JSON, an entry on each line, or a
      table. Times are days (2026-11-22) or RFC 3339; the log tells of it.

  console secrets rotate
      Put a new key in front of the key file and seal all stored secrets with
      it. Running servers on the same file follow; at their next start everybody
      has to sign in again. If SWITCHBOARD_KEYS is set, put the new key in front
      of it yourself (openssl rand -base64 32) and run this to seal with it.

  console backup FILE
      Write everything in the database into a new file, as it is at one moment,
      while servers use it; to standard output if FILE is -. What is sealed
      stays sealed: keep the key file, too, and apart from it. Objects in the
      folders and buckets of regions are not in it.

  console restore FILE [--force]
      Put a backup into an empty database, SQLite or PostgreSQL whichever it was
      taken from; from standard input if FILE is -. It takes the keys that its
      secrets were sealed with. --force replaces what is in the database, and
      says what that was. Stop the servers first; everybody signs in again.

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
