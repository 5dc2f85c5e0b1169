package e2e

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1/model"
	"github.com/stretchr/testify/require"
)

// A removal says who is still connected, and one click takes it back.
func TestWhitelistRemoval(t *testing.T) {
	t.Parallel()
	p := start(t)
	foreign := p.seat().foreignKey(t)
	consumer := vpcepClient(t, p.seat(), foreign)
	bothWays(t, p, "removal", func(j *journey) {
		owner := j.vpcep()
		service := offer(j.t, owner)
		act(j.t, owner, service, "add", "iam:domain::"+accountID(1), "iam:domain::"+foreign.DomainID, "iam:domain::"+accountID(2))
		asked, err := consumer.CreateEndpoint(&model.CreateEndpointRequest{Body: &model.CreateEndpointRequestBody{
			EndpointServiceId: service, VpcId: "4189d3c2-8882-4871-a3c2-d380272eed80", SubnetId: new("4189d3c2-8882-4871-a3c2-d380272eed81"),
		}})
		require.NoError(j.t, err)
		connection := foreign.DomainID + " " + *asked.Id

		j.visit(j.home + "/whitelist/" + service + "/connections")
		j.click("button", "Accept "+connection)
		j.sees("The connection of " + foreign.DomainID + " is accepted.")
		j.visit(j.home + "/whitelist/" + service)
		j.tick(accountID(1), foreign.DomainID)
		j.click("button", "Remove")
		j.find("heading", "Remove accounts")
		j.sees("You are about to remove these 2 accounts from the whitelist:")
		j.click("button", "Remove 2 accounts")
		j.sees("Done for all 2.")
		j.sees("Still connected")
		require.Equal(j.t, []string{"iam:domain::" + accountID(2)}, whitelist(j.t, owner, service))
		j.photograph("whitelist-removed")
		if j.scripted {
			j.markPage()
			j.submit("button", "Reject "+connection)
			j.sees("Rejected")
			j.requireSamePage()
		}
		j.click("button", "Undo: bring 2 accounts back")
		j.sees("2 accounts are back in the whitelist.")
		require.Len(j.t, whitelist(j.t, owner, service), 3)
		if !j.scripted {
			j.visit(j.home + "/whitelist/" + service + "/connections")
			j.click("button", "Reject "+connection)
			j.sees("The connection of " + foreign.DomainID + " is rejected.")
		}
		left, err := consumer.ListEndpointInfoDetails(&model.ListEndpointInfoDetailsRequest{VpcEndpointId: *asked.Id})
		require.NoError(j.t, err)
		require.Equal(j.t, "rejected", *left.Status)
	})
}

// Nobody opens a service to everyone by accident, and nobody overlooks that it
// is open.
func TestWhitelistForEveryone(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "everyone", func(j *journey) {
		j.c.approveNothing()
		owner := j.vpcep()
		service := offer(j.t, owner)
		named, err := owner.ListServiceDetails(&model.ListServiceDetailsRequest{VpcEndpointServiceId: service})
		require.NoError(j.t, err)
		const confirm = "Confirm with the whole name of the service"
		const banner = "Every account can ask to connect to this service."
		j.visit(j.home + "/whitelist/" + service)
		j.click("link", "Open to everyone")
		j.find("heading", "Open to everyone")
		j.fill(confirm, "yes")
		j.submit("button", "Open to every account")
		require.Contains(j.t, j.describedBy(confirm), *named.ServiceName)
		require.Equal(j.t, "true", j.attribute(confirm, "aria-invalid"))
		require.Contains(j.t, j.describedBy("Reason"), "why every account may connect")
		require.Empty(j.t, whitelist(j.t, owner, service))
		j.fill(confirm, *named.ServiceName)
		j.fill("Reason", "Trade fair in Hanover, ticket 4711")
		j.fill("Expires", "1w")
		j.click("button", "Open to every account")
		j.sees(banner)
		j.sees("Trade fair in Hanover, ticket 4711")
		require.Equal(j.t, []string{"*"}, whitelist(j.t, owner, service))
		j.fill("Account ID", accountID(1))
		j.submit("button", "Look")
		j.sees("The service is open to everyone.")
		for _, view := range []string{"/connections", "/settings", "/history"} {
			j.visit(j.home + "/whitelist/" + service + view)
			j.sees(banner)
		}
		j.photograph("whitelist-open")
		j.visit(j.home + "/whitelist")
		j.sees("Open to everyone")

		j.visit(j.home + "/whitelist/" + service)
		j.click("button", "Close it again")
		j.sees("The service is closed again.")
		require.Empty(j.t, whitelist(j.t, owner, service))
		j.visit(j.home + "/whitelist/" + service)
		require.NotContains(j.t, j.text(), banner)
	})
}
