package paste_test

import "testing"

func TestCommandLines(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{"mysql -h db -P 3307 -u ada -phunter2 orders", "mysql host=db port=3307 database=orders username=ada password=hunter2", nil},
		{"mysql -hdb -P3307 -uada --password=hunter2 --database orders", "mysql host=db port=3307 database=orders username=ada password=hunter2", nil},
		{"$ mysql --host=db --user=ada --ssl-mode=REQUIRED -p orders", "mysql host=db database=orders username=ada useSSL=true", ignored("-p not_needed")},
		{"mysql -u ada -p hunter2 orders", "mysql database=orders username=ada password=hunter2", ignored("-p not_needed")},
		{"mysql -u ada -p orders", "mysql database=orders username=ada", ignored("-p not_needed")},
		{"/usr/bin/mysqldump --single-transaction -h db -u ada orders customers > dump.sql", "mysql host=db database=orders username=ada", ignored("--single-transaction not_needed", "words", "rest")},
		{"MYSQL_PWD=hunter2 mysql -h db -A", "mysql host=db password=hunter2", ignored("-A not_needed")},
		{"mysqlsh mysql://ada:hunter2@db:3306/orders", "mysql host=db port=3306 database=orders username=ada password=hunter2", nil},
		{"mysql --defaults-file=/etc/my.cnf --skip-ssl -h db", "mysql host=db useSSL=false", ignored("--defaults-file not_allowed")},

		{"psql -h db -p 5433 -U ada -d orders", "postgresql host=db port=5433 database=orders username=ada", nil},
		{"PGPASSWORD=hunter2 PGSSLMODE=require psql -h db orders ada", "postgresql host=db database=orders username=ada password=hunter2 useSSL=true", nil},
		{"export PGPASSWORD='hunter2'\nexport PGHOST=db; psql -W orders", "postgresql host=db database=orders password=hunter2", ignored("-W not_needed")},
		{"psql 'postgres://ada:hunter2@db/orders?sslmode=require'", "postgresql host=db database=orders username=ada password=hunter2 useSSL=true", nil},
		{`psql "host=db dbname=orders password='hunter 2'"`, "postgresql host=db database=orders password=hunter 2", nil},
		{"pg_dump -Fc --dbname=postgres://ada@db/orders -f /tmp/x", "postgresql host=db database=orders username=ada", ignored("-F not_needed", "-f not_allowed")},
		{"gsql -d orders -h dws -p 8000 -U ada -W hunter2 -r", "dws host=dws port=8000 database=orders username=ada password=hunter2", ignored("-r not_needed")},
		{"gsql -d 'postgres://ada@dws:8000/orders'", "dws host=dws port=8000 database=orders username=ada", nil},

		{"sqlcmd -S tcp:db,1433 -U ada -P hunter2 -d orders -N -C", "sqlserver host=db port=1433 database=orders username=ada password=hunter2 useSSL=true", ignored("-C not_allowed")},
		{`SQLCMDPASSWORD=hunter2 sqlcmd -Sdb\\SQLEXPRESS -Uada -Q "SELECT 1"`, "sqlserver host=db username=ada password=hunter2", ignored("SQLEXPRESS instance", "-Q not_needed")},
		{"hdbsql -n hana:30015 -u ada -p hunter2 -d HXE", "sap-hana host=hana port=30015 database=HXE username=ada password=hunter2", nil},
		{"disql SYSDBA/hunter2@db:5236", "dm host=db port=5236 username=SYSDBA password=hunter2", nil},

		{"mongosh 'mongodb://ada:hunter2@a,b/orders'", "mongodb serverList=a:27017;b:27017 database=orders userName=ada password=hunter2", nil},
		{"mongosh --host db --port 27018 -u ada -p hunter2 --authenticationDatabase admin orders", "mongodb serverList=db:27018 database=orders userName=ada password=hunter2", ignored("--authenticationDatabase not_needed")},
		{"mongo db:27018/orders --tls", "mongodb serverList=db:27018 database=orders", ignored("--tls no_input")},
		{"mongodump --uri=mongodb://ada:hunter2@db/orders --gzip", "mongodb serverList=db:27017 database=orders userName=ada password=hunter2", ignored("--gzip unknown")},
		{"redis-cli -h cache -p 6380 -a hunter2 -n 3", "redis serverlist=cache:6380 password=hunter2 dbIndex=3", nil},
		{"redis-cli -c -h cache --pass hunter2 ping", "redis deploymentMode=Cluster serverlist=cache:6379 password=hunter2", ignored("words")},
		{"REDISCLI_AUTH=hunter2 redis-cli -u redis://cache/1 --tls --insecure", "redis serverlist=cache:6379 password=hunter2 dbIndex=1", ignored("--insecure not_allowed", "--tls no_input")},

		{"sftp -P 2222 ada@files:/in", "sftp server=files port=2222 username=ada", nil},
		{"sftp sftp://ada@files:2222/in", "sftp server=files port=2222 username=ada", ignored("path not_needed")},
		{"ssh -p 2222 -i ~/.ssh/id_rsa -l ada files uptime", "sftp server=files port=2222 username=ada", ignored("-i not_allowed", "words")},
		{"ssh ada@[::1]", "sftp server=::1 username=ada", nil},
		{"ftp files 2121", "ftp server=files port=2121", nil},
		{"lftp -u ada,hunter2 -p 2121 files", "ftp server=files port=2121 username=ada password=hunter2", nil},
		{"lftp sftp://ada:hunter2@files", "sftp server=files username=ada password=hunter2", nil},
		{`smbclient //nas/share -U CORP\\ada%hunter2`, `nas protocol=SMB server=//nas/share username=CORP\ada password=hunter2`, nil},
		{`smbclient '\\nas\share' hunter2 -W CORP`, `nas protocol=SMB server=\\nas\share password=hunter2`, ignored("-W not_needed")},

		{"curl -u elastic:hunter2 -k https://search:9200/_cat/indices", "elasticsearch host=search:9200 safemode=true user=elastic password=hunter2", ignored("-k not_allowed", "https no_input", "path not_needed")},
		{"curl -s -H 'Authorization: Bearer hunter2' http://search:9200", "elasticsearch host=search:9200", ignored("-s not_needed", "-H not_needed")},
		{"curl --user ada:hunter2 ftp://files/in", "ftp server=files username=ada password=hunter2", ignored("path not_needed")},

		{"kafka-topics.sh --bootstrap-server a:9092,b:9092 --list", "apache-kafka brokerList=a:9092,b:9092", ignored("--list not_needed")},
		{"bin/kafka-console-consumer.sh --topic orders --bootstrap-server a:9093 --consumer.config client.properties", "apache-kafka brokerList=a:9093", ignored("--topic not_needed", "--consumer.config not_allowed")},
		{"kcat -b a:9092,b -X sasl.password=hunter2 -L", "apache-kafka brokerList=a:9092,b:9092", ignored("-X not_needed", "-L not_needed")},
		{"zkCli.sh -server a:2181,b:2181/hbase", "apache-hbase zookeeperQuorum=a:2181,b:2181", ignored("path not_needed")},
		{"hdfs dfs -fs hdfs://nn:8020 -ls /", "apache-hdfs uri=hdfs://nn:8020", ignored("-ls not_needed")},
		{"hadoop fs -ls hdfs://nn:8020/user", "apache-hdfs uri=hdfs://nn:8020", ignored("-ls not_needed", "path not_needed")},

		{"AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=hunter2 aws s3 ls s3://orders --endpoint-url https://minio:9000", "s3 accessKey=AKIDEXAMPLE securityKey=hunter2", ignored("--endpoint-url no_input", "words")},
		{"aws --endpoint-url=https://obs.cn-north-4.myhuaweicloud.com s3 ls", "obs server=obs.cn-north-4.myhuaweicloud.com port=443", ignored("words")},
		{"mc alias set prod https://oss-cn-hangzhou.aliyuncs.com AKIDEXAMPLE hunter2", "oss ossEndpoint=https://oss-cn-hangzhou.aliyuncs.com ossAuthType=ACCESS_KEY accessKey=AKIDEXAMPLE securityKey=hunter2", nil},
		{"mc config host add prod http://minio:9000 AKIDEXAMPLE hunter2 --api S3v4", "s3 accessKey=AKIDEXAMPLE securityKey=hunter2", ignored("--api not_needed", "URL no_input")},
	})
}

// What a shell would do is known, and none of it is done.
func TestShellSyntax(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{`mysql -h db -p'hun ter"2' orders`, `mysql host=db database=orders password=hun ter"2`, nil},
		{`mysql -h db -p"hun\"ter\$2\n" orders`, `mysql host=db database=orders password=hun"ter$2\n`, nil},
		{`mysql -h db -phun\ ter\'2 orders`, "mysql host=db database=orders password=hun ter'2", nil},
		{"mysql -h db \\\n  -u ada \\\r\n  orders", "mysql host=db database=orders username=ada", nil},
		{`mysql -h db -p"" orders`, "mysql host=db database=orders", ignored("-p not_needed")},
		{"mysql -h $DB_HOST -u ${DB_USER} -p$(pass show $(echo db)) orders", "mysql database=orders", ignored("host: reference", "username: reference", "password: reference")},
		{"mysql -h db -p`cat ~/.pw` \"$DB\"", "mysql host=db", ignored("password: reference", "database: reference")},
		{"mysql -h db -p'$literal' orders", "mysql host=db database=orders password=$literal", nil},
		{"mysql -h db -phunter2$ orders", "mysql host=db database=orders password=hunter2$", nil},
		{"mysql -h %DB_HOST% -u ada", "mysql username=ada", ignored("host: reference")},
		{"mysql -h db -p$'hun\\x74er\\'2' orders", "mysql host=db database=orders password=hunter'2", nil},
		{"psql \"postgres://ada:$PGPASSWORD@db/orders\"", "postgresql host=db database=orders username=ada", ignored("password: reference")},
		{"mysql -h db orders; rm -rf /", "mysql host=db database=orders", ignored("rest")},
		{"mysql -h db orders && rm -rf /", "mysql host=db database=orders", ignored("rest")},
		{"mysql -h db orders 2>/dev/null", "mysql host=db database=orders", ignored("rest")},
		{"mysql -h db orders < dump.sql | tee out", "mysql host=db database=orders", ignored("rest")},
		{"# production\nmysql -h db orders # the new one", "mysql host=db database=orders", nil},
		{"mysql -h db -- -orders", "mysql host=db database=-orders", nil},
		{"sudo mysql -h", "mysql", nil},
		{"mysql -vvv -Xhunter2 --hunter2==x -", "mysql database=-", ignored("-v not_needed", "-X unknown", "--hunter2 unknown")},
		{"mysql -h db --user ada --what ../../etc/passwd", "mysql host=db username=ada", ignored("--what unknown", "database: input.name")},
	})
}
