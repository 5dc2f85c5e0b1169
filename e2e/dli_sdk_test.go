//nolint:staticcheck // classic connections are deprecated as a whole, and still what people have
package e2e

import (
	"net"
	"net/http"
	"strconv"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	dli "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dli/v1"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dli/v1/model"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestOfficialSDKManagesConnections(t *testing.T) {
	t.Parallel()
	p := start(t)
	key := p.key(t)
	credentials := map[string]func() *basic.CredentialsBuilder{
		"with the project id given": func() *basic.CredentialsBuilder {
			return basic.NewCredentialsBuilder().WithProjectId(key.ProjectID)
		},
		"with the project looked up by the region's name": func() *basic.CredentialsBuilder {
			return basic.NewCredentialsBuilder().WithIamEndpointOverride(p.URL)
		},
	}
	for name, builder := range credentials {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			credentials, err := builder().WithAk(key.AccessKey).WithSk(key.SecretKey).SafeBuild()
			require.NoError(t, err)
			connectZooKeeper(t, dliClient(t, p, credentials), "sdk-"+strconv.Itoa(len(name)))
		})
	}
}

// connectZooKeeper takes a connection to a real server through its life.
func connectZooKeeper(t *testing.T, client *dli.DliClient, name string) {
	server := testserver.ZooKeeper(t)
	body := connectionTo(name, "ct", server.Addr())
	body.Tags = &[]model.Tag{{Key: "owner", Value: name}}
	created, err := client.CreateDatasourceConnection(&model.CreateDatasourceConnectionRequest{Body: body})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, created.HttpStatusCode)
	require.True(t, *created.IsSuccess)
	require.Empty(t, *created.Message)

	conn := settledConnection(t, client, *created.ConnectionId)
	require.Equal(t, "ACTIVE", *conn.State, *conn.Message)
	require.Equal(t, 1.0, *conn.Process)
	require.Equal(t, name, *conn.Name)
	require.Equal(t, "CloudTable", *conn.Service)
	require.Equal(t, server.Addr(), *conn.Destination)
	require.Equal(t, server.Addr(), *conn.ConnectionUrl)
	require.Empty(t, *conn.ClusterName)
	require.Positive(t, *conn.CreateTime)
	require.Empty(t, *conn.AvailableQueueInfo)

	listed, err := client.ListDatasourceConnections(&model.ListDatasourceConnectionsRequest{Tags: new("owner=" + name)})
	require.NoError(t, err)
	require.EqualValues(t, 1, *listed.Count)
	require.Equal(t, *created.ConnectionId, *(*listed.Connections)[0].ConnectionId)
	require.Empty(t, *(*listed.Connections)[0].QueueList)

	deleted, err := client.DeleteDatasourceConnection(&model.DeleteDatasourceConnectionRequest{ConnectionId: *created.ConnectionId})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, deleted.HttpStatusCode)
	require.Equal(t, "Deleted", *deleted.Message)
	require.Equal(t, "DELETED", *settledConnection(t, client, *created.ConnectionId).State, "a tombstone stays")
	listed, err = client.ListDatasourceConnections(&model.ListDatasourceConnectionsRequest{})
	require.NoError(t, err)
	require.Contains(t, connectionNames(listed), name)
}

func TestOfficialSDKReadsErrorsOfConnections(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := dliInProject(t, p)
	closed := testserver.ClosedAddr(t).String()
	create := func(body *model.CreateDatasourceConnectionRequestBody) error {
		_, err := client.CreateDatasourceConnection(&model.CreateDatasourceConnectionRequest{Body: body})
		return err
	}
	require.NoError(t, create(connectionTo("taken", "CSS", closed)))
	without := connectionTo("a", "CSS", closed)
	without.NetworkId = ""

	for name, c := range map[string]struct {
		err         error
		code, field string
	}{
		"a name that is taken":        {create(connectionTo("taken", "CSS", closed)), "DLI.0006", "name"},
		"an unknown service":          {create(connectionTo("a", "HBase", closed)), "DLI.0001", "service"},
		"a url that is none":          {create(connectionTo("a", "CSS", "http://"+closed)), "DLI.0001", "url"},
		"no network":                  {create(without), "DLI.0001", "network_id"},
		"a connection that is not":    {deleteConnection(client, "68233202-63bf-4f27-a99b-fa5f5a2dbae1"), "DLI.0002", ""},
		"a queue that is not":         {deleteQueue(client, "nothing"), "DLI.0002", ""},
		"the queue that always stays": {deleteQueue(client, "default"), "DLI.0007", ""},
	} {
		e := refusal(t, c.err)
		require.Equal(t, http.StatusBadRequest, e.StatusCode, name)
		require.Equal(t, c.code, e.ErrorCode, name)
		require.Contains(t, e.ErrorMessage, c.field, name)
		require.NotEmpty(t, e.RequestId, name)
	}
}

// What fails says so where SDK users look: in the message.
func TestOfficialSDKSeesWhyAConnectionFailed(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := dliInProject(t, p)
	closed := testserver.ClosedAddr(t).String()
	created, err := client.CreateDatasourceConnection(&model.CreateDatasourceConnectionRequest{Body: connectionTo("closed", "ct", closed)})
	require.NoError(t, err)
	conn := settledConnection(t, client, *created.ConnectionId)
	require.Equal(t, "FAILED", *conn.State)
	require.Contains(t, *conn.Message, "refused")
	require.Empty(t, *conn.ConnectionUrl)
}

func TestOfficialSDKManagesQueues(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := dliInProject(t, p)

	created, err := client.CreateQueue(&model.CreateQueueRequest{Body: &model.CreateQueueRequestBody{
		QueueName: "Spark_1", QueueType: new("general"), Description: new("test"), CuCount: 16, ChargingMode: new(int32(1)),
		ResourceMode: new(int32(1)), Platform: new("x86_64"), Feature: new("basic"), EnterpriseProjectId: new("0"),
		Labels: &[]any{"multi_az=2"}, Tags: &[]model.Tag{{Key: "owner", Value: "ph"}},
	}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, created.HttpStatusCode)
	require.Equal(t, "spark_1", *created.QueueName)

	shown, err := client.ShowQueue(&model.ShowQueueRequest{QueueName: "spark_1"})
	require.NoError(t, err)
	require.Equal(t, "spark_1", *shown.QueueName)
	require.Equal(t, "general", *shown.QueueType)
	require.EqualValues(t, 16, *shown.CuCount)
	require.EqualValues(t, 1, *shown.ChargingMode)
	require.Equal(t, adminName, *shown.Owner)

	usual, err := client.ListQueues(&model.ListQueuesRequest{})
	require.NoError(t, err)
	require.Equal(t, []string{"default"}, queueNames(usual), "queues for SQL, unless said otherwise")
	all, err := client.ListQueues(&model.ListQueuesRequest{QueueType: new("all"), WithPriv: new(true), WithChargeInfo: new(true)})
	require.NoError(t, err)
	require.Equal(t, []string{"default", "spark_1"}, queueNames(all))
	require.Equal(t, "general", (*all.Queues)[1].QueueType.Value())
	tagged, err := client.ListQueues(&model.ListQueuesRequest{QueueType: new("all"), Tags: new("owner=ph")})
	require.NoError(t, err)
	require.Equal(t, []string{"spark_1"}, queueNames(tagged))

	require.NoError(t, deleteQueue(client, "spark_1"))
	_, err = client.ShowQueue(&model.ShowQueueRequest{QueueName: "spark_1"})
	require.Equal(t, "DLI.0002", refusal(t, err).ErrorCode)
}

func TestOfficialSDKTestsAddresses(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := dliInProject(t, p)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	for address, connectivity := range map[string]string{
		listener.Addr().String(): "REACHABLE", testserver.ClosedAddr(t).String(): "UNREACHABLE",
	} {
		task, err := client.CreateConnectivityTask(&model.CreateConnectivityTaskRequest{
			QueueName: "default", Body: &model.CreateConnectivityTaskRequestBody{Address: address},
		})
		require.NoError(t, err)
		found, err := client.ShowConnectivityTask(&model.ShowConnectivityTaskRequest{
			QueueName: "default", TaskId: strconv.FormatInt(*task.TaskId, 10),
		})
		require.NoError(t, err)
		require.Equal(t, connectivity, *found.Connectivity)
	}
}

// Which queues use a connection is said by calls of ours; the SDK sees it.
func TestOfficialSDKSeesBoundQueues(t *testing.T) {
	t.Parallel()
	p := start(t)
	client, c := dliInProject(t, p), p.call(t)
	created, err := client.CreateDatasourceConnection(&model.CreateDatasourceConnectionRequest{
		Body: connectionTo("bound", "ct", testserver.ZooKeeper(t).Addr()),
	})
	require.NoError(t, err)
	require.Equal(t, "ACTIVE", *settledConnection(t, client, *created.ConnectionId).State)
	_, err = client.CreateQueue(&model.CreateQueueRequest{Body: &model.CreateQueueRequestBody{QueueName: "q1", CuCount: 16}})
	require.NoError(t, err)
	connection := c.connections() + "/" + *created.ConnectionId
	bound := c.send(http.MethodPost, connection+"/associate-queue", map[string]any{"queues": []string{"q1"}})
	require.Equal(t, http.StatusOK, bound.status, bound.body)

	queues := *settledConnection(t, client, *created.ConnectionId).AvailableQueueInfo
	require.Len(t, queues, 1)
	require.Equal(t, "q1", *queues[0].Name)
	require.Equal(t, "ACTIVE", *queues[0].Status)
	require.NotEmpty(t, *queues[0].Uuid)
	require.Empty(t, *queues[0].ErrMsg)
	require.Positive(t, *queues[0].UpdateTime)
	listed, err := client.ListDatasourceConnections(&model.ListDatasourceConnectionsRequest{})
	require.NoError(t, err)
	require.Equal(t, []string{"q1"}, *(*listed.Connections)[0].QueueList)
	require.Equal(t, "DLI.0007", refusal(t, deleteQueue(client, "q1")).ErrorCode, "it is used")

	unbound := c.send(http.MethodPost, connection+"/disassociate-queue", map[string]any{"queues": []string{"q1"}})
	require.Equal(t, http.StatusOK, unbound.status, unbound.body)
	require.NoError(t, deleteQueue(client, "q1"))
}

// settledConnection asks until a connection is no longer being created.
func settledConnection(t *testing.T, client *dli.DliClient, id string) *model.ShowDatasourceConnectionResponse {
	t.Helper()
	return eventually(t, "the connection to be created", func() (*model.ShowDatasourceConnectionResponse, bool) {
		conn, err := client.ShowDatasourceConnection(&model.ShowDatasourceConnectionRequest{ConnectionId: id})
		require.NoError(t, err)
		return conn, *conn.State != "CREATING"
	})
}

func connectionTo(name, service, url string) *model.CreateDatasourceConnectionRequestBody {
	return &model.CreateDatasourceConnectionRequestBody{
		Name: name, Service: service, Url: url,
		SecurityGroupId: "a07ab107-a4ad-4835-ad09-08a2f2efccdb", NetworkId: "e83ba67d-e812-42d3-908d-6ea0b2cc5ecb",
	}
}

func deleteConnection(client *dli.DliClient, id string) error {
	_, err := client.DeleteDatasourceConnection(&model.DeleteDatasourceConnectionRequest{ConnectionId: id})
	return err
}

func deleteQueue(client *dli.DliClient, name string) error {
	_, err := client.DeleteQueue(&model.DeleteQueueRequest{QueueName: name})
	return err
}

func connectionNames(list *model.ListDatasourceConnectionsResponse) []string {
	var found []string
	for _, conn := range *list.Connections {
		found = append(found, *conn.Name)
	}
	return found
}

func queueNames(list *model.ListQueuesResponse) []string {
	var found []string
	for _, queue := range *list.Queues {
		found = append(found, *queue.QueueName)
	}
	return found
}

func dliInProject(t *testing.T, p *program) *dli.DliClient {
	t.Helper()
	key := p.key(t)
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(key.AccessKey).WithSk(key.SecretKey).WithProjectId(key.ProjectID).SafeBuild()
	require.NoError(t, err)
	return dliClient(t, p, credentials)
}

func dliClient(t *testing.T, p *program, credentials auth.ICredential) *dli.DliClient {
	t.Helper()
	client, err := dli.DliClientBuilder().WithRegion(region.NewRegion(regionName, p.URL)).WithCredential(credentials).SafeBuild()
	require.NoError(t, err)
	return dli.NewDliClient(client)
}
