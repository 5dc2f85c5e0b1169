package paste

import "slices"

// commands are the clients that are known.
var commands = slices.Concat(databaseCommands, otherCommands)

var (
	encrypted = flag{tls, "true"}
	forbidden = flag{refused, ""}
)

// databaseCommands are clients of relational databases.
var databaseCommands = []command{
	{
		names: []string{"mysql", "mariadb", "mysqldump", "mariadb-dump", "mysqladmin", "mysqlsh", "mycli"}, slug: "mysql",
		takes: options("-h --host", host, "-P --port", port, "-u --user", user, "-D --database", database, "--ssl-mode", tls,
			"-S --socket --protocol --default-character-set -e --execute --connect-timeout --tables --where --login-path --max-allowed-packet", skip,
			"--ssl-ca --ssl-cert --ssl-key --plugin-dir --default-auth --defaults-file --defaults-extra-file --init-command", refused),
		stuck: options("-p --password", password),
		flags: switches("-p --password -A -B -C -E -N -s -t -v --batch --compress --no-auto-rehash --silent --skip-column-names --table --verbose --single-transaction --quick --routines --no-data --sql --uri",
			map[string]flag{"--ssl": encrypted, "--skip-ssl": {tls, "false"}, "--local-infile": forbidden, "--enable-cleartext-plugin": forbidden}),
		env:   options("MYSQL_PWD", password, "MYSQL_HOST", host, "MYSQL_TCP_PORT", port),
		words: readMySQLWords,
	},
	postgresCommand("postgresql", "psql", "pg_dump", "pg_dumpall", "pg_restore", "pgcli", "createdb", "dropdb", "pg_isready", "vacuumdb"),
	postgresCommand("dws", "gsql", "gs_dump", "gs_restore"),
	{
		names: []string{"sqlplus", "sqlplus64", "sqlcl", "expdp", "impdp", "sqlldr"}, slug: "oracle",
		takes: options("-M -C -c", skip),
		flags: switches("-S -s -L -l -F -f -V -v -silent -logon", nil),
		words: readOracleWords,
	},
	{
		names: []string{"sqlcmd", "bcp", "osql", "go-sqlcmd"}, slug: "sqlserver",
		takes: options("-S --server", sqlServerAddress, "-U --user-name", user, "-P --password", password, "-d --database-name", database,
			"-l -t -w -h -s -a -c -H -Q -q -K -W -m -b -y -Y --query", skip, "-i -o -v", refused),
		flags: switches("-E -I -k -r -R -e -f -u -g -z", map[string]flag{"-N": encrypted, "-C": forbidden}),
		env:   options("SQLCMDPASSWORD", password, "SQLCMDUSER", user, "SQLCMDSERVER", sqlServerAddress, "SQLCMDDBNAME", database),
	},
	{
		names: []string{"hdbsql"}, slug: "sap-hana",
		takes: options("-n", host, "-u", user, "-p", password, "-d", database, "-i -F -R -c", skip, "-I -o -U -sslkeystore -ssltruststore", refused),
		flags: switches("-a -A -e -j -m -x -z -quiet", map[string]flag{"-ssltrustcert": forbidden}),
	},
	{
		names: []string{"disql"}, slug: "dm",
		words: readDisqlWords,
	},
}

func postgresCommand(slug string, names ...string) command {
	c := command{
		names: names, slug: slug,
		takes: options("-h --host", host, "-p --port", port, "-U --username", user, "-d --dbname", connectionOrName,
			"-c --command -F -P -R -T -v --set -t --table -n --schema -j --jobs --format -E --encoding", skip, "-f --file -o --output -L --log-file", refused),
		flags: switches("-W -w -q -A -X -x -a -b -e -l -s -S -1 -r -C --password --no-password --quiet --no-psqlrc --tuples-only --list --clean --create", nil),
		env: options("PGHOST", host, "PGPORT", port, "PGUSER", user, "PGPASSWORD", password, "PGDATABASE", connectionOrName, "PGSSLMODE", tls,
			"PGHOSTADDR PGCONNECT_TIMEOUT PGAPPNAME PGCLIENTENCODING PGTZ", skip, "PGOPTIONS PGPASSFILE PGSERVICE PGSSLROOTCERT PGSSLCERT PGSSLKEY", refused),
		words: readPostgresWords,
	}
	if slug == "dws" { // whose clients take the password here
		c.takes["-W"] = password
		delete(c.flags, "-W")
	}
	return c
}

// otherCommands are clients of everything else.
var otherCommands = []command{
	{
		names: []string{"mongosh", "mongo", "mongodump", "mongorestore", "mongoexport", "mongoimport"}, slug: "mongodb",
		takes: options("--host -h", host, "--port", port, "-u --username", user, "-p --password", password, "-d --db", database, "--uri", connectionOrName,
			"--authenticationDatabase --authenticationMechanism --eval -c --collection --apiVersion", skip, "--tlsCAFile --tlsCertificateKeyFile --sslCAFile -f --file", refused),
		flags: switches("--quiet --nodb --norc --shell", map[string]flag{"--tls": encrypted, "--ssl": encrypted, "--tlsAllowInvalidCertificates": forbidden}),
		words: readMongoWords,
	},
	{
		names: []string{"redis-cli", "valkey-cli", "iredis"}, slug: "redis",
		takes: options("-h", host, "-p", port, "-a --pass", password, "-n", database, "-u", connectionOrName, "--user", user,
			"-r -i -d -t", skip, "-s --cacert --cert --key --sni -x", refused),
		flags: switches("--raw --no-auth-warning --askpass --bigkeys --stat --scan -2 -3", map[string]flag{
			"-c": {"linkConfig.deploymentMode", "Cluster"}, "--tls": encrypted, "--insecure": forbidden,
		}),
		env: options("REDISCLI_AUTH", password),
	},
	{names: []string{"sftp"}, slug: "sftp", takes: sshOptions("-P"), flags: switches("-4 -6 -a -C -f -N -p -q -r -v", nil), words: readSSHWords},
	{names: []string{"ssh"}, slug: "sftp", takes: sshOptions("-p"), flags: switches("-4 -6 -A -a -C -f -g -K -k -N -n -q -T -t -v -X -x -Y", nil), words: readSSHWords},
	{names: []string{"ftp", "lftp", "ncftp"}, slug: "ftp", takes: options("-u", accountOf, "-p -P", port, "-e -c", skip, "-f", refused),
		flags: switches("-A -d -g -i -n -v", nil), words: readFTPWords},
	{
		names: []string{"smbclient", "smbget"}, slug: "nas",
		takes: options("-U --user", accountOf, "-W --workgroup -c --command -I -p --port -D -m -O -t --max-protocol", skip, "-A --authentication-file -s", refused),
		flags: switches("-N -L -k -E -g -q --no-pass", nil), words: readShareWords,
	},
	{names: []string{"curl"}, takes: options("-u --user", accountOf, "-X --request -H --header -d --data -A -m --max-time --connect-timeout -w", skip,
		"-o --output -E --cert --key --cacert -K --config -T -F -x --proxy", refused),
		flags: switches("-s -S -v -i -I -L -g -f --silent --location --fail --compressed", map[string]flag{"-k": forbidden, "--insecure": forbidden}), words: readURLWords},
	{
		names: []string{"kafka-topics", "kafka-console-consumer", "kafka-console-producer", "kafka-consumer-groups", "kafka-configs", "kafka-acls",
			"kafka-broker-api-versions", "kafka-get-offsets", "kcat", "kafkacat"}, slug: "apache-kafka",
		takes: options("--bootstrap-server --bootstrap-servers --broker-list -b", host, "--topic --group --partitions --replication-factor --partition --offset --max-messages -t -G -o -X", skip,
			"--command-config --consumer.config --producer.config --consumer-property --producer-property -F", refused),
		flags: switches("--list --describe --create --from-beginning --all-groups -C -P -L -q", nil),
	},
	{names: []string{"zkcli", "zookeeper-client"}, slug: "apache-hbase", takes: options("-server", chrooted, "-timeout", skip), flags: switches("-r", nil)},
	{names: []string{"hdfs", "hadoop"}, slug: "apache-hdfs", takes: options("-fs", connectionOrName, "-D -conf -jt", skip), flags: switches(
		"-ls -cat -put -get -mkdir -rm -du -count -test -R -h -d -f", nil), words: readURLWords},
	{names: []string{"aws", "s5cmd"}, slug: "s3", takes: options("--endpoint-url", endpoint, "--region --profile --output --query", skip, "--ca-bundle", refused),
		flags: switches("--recursive --human-readable --summarize", map[string]flag{"--no-verify-ssl": forbidden}),
		env: options("AWS_ACCESS_KEY_ID", user, "AWS_SECRET_ACCESS_KEY", password, "AWS_SESSION_TOKEN", role("linkConfig.securityToken"),
			"AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3", endpoint, "AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE", skip)},
	{names: []string{"mc"}, slug: "s3", takes: options("--api --path", skip), flags: switches("", map[string]flag{"--insecure": forbidden}), words: readMinIOWords},
	{names: []string{"beeline"}, refuse: "paste.hive2"},
}

// sshOptions are of OpenSSH's clients, which differ in the option for a port.
func sshOptions(portOption string) map[string]role {
	return options(portOption, port, "-l", user, "-o -c -B -R -D -L -W -e -m -s", skip, "-i -b -F -J -S", refused)
}
