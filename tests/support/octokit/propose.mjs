// The requests that create-pull-request documents and its source shows (peter-evans/create-pull-request, src/github-helper.ts,
// read in October 2026), in their order. This is not the action: octokit sends them. Prints what was sent.
import { readFileSync } from "node:fs";
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";

const { base, branch, title, root, files, parent } = JSON.parse(process.env.PROPOSAL);
const Client = Octokit.plugin(paginateRest, restEndpointMethods);
const client = new Client({ auth: process.env.TOKEN, baseUrl: process.env.API_URL, log: { warn() {}, error() {}, debug() {}, info() {} } });
const at = { owner: "acme", repo: "api" };
const sent = [];

client.hook.wrap("request", async (request, options) => {
  const { method, url, headers, body } = client.request.endpoint(options);
  const entry = { method, path: url.slice(process.env.API_URL.length), accept: headers.accept, body: body ?? null };
  sent.push(entry);
  try {
    const response = await request(options);
    entry.status = response.status;
    return response;
  } catch (error) {
    entry.status = error.status;
    throw error;
  }
});

// `files` is given in the mode that signs: the API makes the commit. Otherwise git has pushed the branch.
if (files) {
  const tree = await Promise.all(
    files.map(async (path) => {
      const content = readFileSync(`${root}/${path}`).toString("base64");
      const { data: blob } = await client.rest.git.createBlob({ ...at, content, encoding: "base64" });
      return { path, mode: "100644", sha: blob.sha, type: "blob" };
    }),
  );
  const { data: made } = await client.rest.git.createTree({ ...at, base_tree: parent, tree });
  const { data: commit } = await client.rest.git.createCommit({ ...at, parents: [parent], tree: made.sha, message: `${title}\n\n` });
  const exists = await client.rest.repos.getBranch({ ...at, branch }).then(() => true, () => false);
  if (exists) {
    await client.rest.git.updateRef({ ...at, sha: commit.sha, ref: `heads/${branch}`, force: true });
  } else {
    await client.rest.git.createRef({ ...at, sha: commit.sha, ref: `refs/heads/${branch}` });
  }
}

const head = `${at.owner}:${branch}`;
let number;
try {
  const { data } = await client.rest.pulls.create({
    ...at, title, head, head_repo: `${at.owner}/${at.repo}`, base, body: "Automated changes.", draft: false, maintainer_can_modify: true,
  });
  number = data.number;
} catch (error) {
  if (!error.message.includes("A pull request already exists for")) throw error;
  const { data: pulls } = await client.rest.pulls.list({ ...at, state: "open", head, base });
  ({ data: { number } } = await client.rest.pulls.update({ ...at, pull_number: pulls[0].number, title, body: "Automated changes." }));
}
await client.rest.issues.addLabels({ ...at, issue_number: number, labels: ["automated"] });
await client.rest.pulls.requestReviewers({ ...at, pull_number: number, reviewers: ["alice"] });
console.log(JSON.stringify(sent));
