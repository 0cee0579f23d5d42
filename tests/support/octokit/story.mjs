// Octokit finds, creates and updates a pull request, reads pages, and asks over GraphQL. Prints one JSON document.
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";

const Client = Octokit.plugin(paginateRest, restEndpointMethods);
const client = new Client({ auth: process.env.TOKEN, baseUrl: process.env.API_URL, log: { warn() {}, error() {}, debug() {}, info() {} } });
const at = { owner: "acme", repo: "api" };
const said = {};

async function refusal(action) {
  try {
    await action();
  } catch (error) {
    return { status: error.status ?? null, message: error.message, errors: error.errors ?? null };
  }
  return null;
}

said.found = (await client.rest.pulls.list({ ...at, head: "acme:feature", state: "open" })).data.length;
const { data: created } = await client.rest.pulls.create({ ...at, head: "feature", base: "main", title: "One" });
said.created = { number: created.number, base: created.base.ref, login: created.user.login };
said.duplicate = await refusal(() => client.rest.pulls.create({ ...at, head: "feature", base: "main", title: "Two" }));
const { data: updated } = await client.rest.pulls.update({ ...at, pull_number: created.number, title: "Renamed" });
said.updated = updated.title;
said.labels = (await client.rest.issues.addLabels({ ...at, issue_number: created.number, labels: ["a", "b"] })).data.map((label) => label.name);

const names = [];
for await (const page of client.paginate.iterator(client.rest.repos.listBranches, { ...at, per_page: 2 })) {
  names.push(page.data.map((branch) => branch.name));
}
said.pages = names;
said.whole = (await client.paginate("GET /repos/{owner}/{repo}/branches", { ...at, per_page: 3 })).length;

const diff = await client.rest.pulls.get({ ...at, pull_number: created.number, mediaType: { format: "diff" } });
said.diff = diff.data;
said.sha = (await client.rest.repos.getCommit({ ...at, ref: "main", mediaType: { format: "sha" } })).data;
said.raw = (await client.rest.repos.getContent({ ...at, path: "README.md", mediaType: { format: "raw" } })).data;
said.folder = (await client.rest.repos.getContent({ ...at, path: "a", mediaType: { format: "object" } })).data.entries.length;
said.head = (await client.request("HEAD /repos/{owner}/{repo}", at)).status;
said.missing = await refusal(() => client.rest.git.getRef({ ...at, ref: "heads/none" }));

const query = `query($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) { title isDraft author { login } } }
}`;
said.graphql = await client.graphql(query, { ...at, number: created.number });
said.invalid = await refusal(() => client.graphql("query Q { viewer { name(size: 1) } }"));
said.unknown = await refusal(() => client.graphql(query, { ...at, number: 99 }));
console.log(JSON.stringify(said));
