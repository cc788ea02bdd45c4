// Calls the running program through openapi-fetch, with the types that openapi-typescript made of our documents.
// Prints the status of each answer by operation.
import createClient from "openapi-fetch";
import type { paths as Bimetri } from "./bimetri.js";
import type { paths as Native } from "./native.js";
import type { paths as Naviga } from "./naviga.js";
import type { paths as Paywall } from "./paywall.js";
import type { paths as Tmf670 } from "./tmf670.js";
import type { paths as Tmf676 } from "./tmf676.js";

declare const process: { argv: string[] };
const { url, keys, lists } = JSON.parse(process.argv[2]!);
const seen: Record<string, number> = {};

function note(name: string, answer: { response: Response; error?: unknown }): void {
  seen[name] = answer.response.status;
}

async function native(): Promise<void> {
  const client = createClient<Native>({ baseUrl: url, headers: { Authorization: `Token ${keys.native.token}` } });
  for (const path of lists as (keyof Native)[]) {
    const answer = await client.request("get", path as "/api/v1/banks/");
    note(path, answer);
    if (!Array.isArray(answer.data?.results)) throw new Error(`${path}: no results`);
  }
  const channel = (await client.GET("/api/v1/channels/")).data!.results[0]!.pk;
  const body = { name: "TypeScript Bank", slug: "typescript-bank", channel };
  note("create bank", await client.POST("/api/v1/banks/", { body }));
  note("create bank again", await client.POST("/api/v1/banks/", { body }));
  const pos = await client.POST("/api/v1/pos/", {
    body: {
      name: "TypeScript POS",
      slug: "typescript",
      channel,
      gateway: "omnicore.libs.payment_gateways.dummypay.DummyPayGateway",
      config: { three_d_enabled: true, fail_on_refund: false, fail_on_void: false },
      resource_url: "https://dummypay.net/",
    },
  });
  note("create POS", pos);
  if (pos.data?.gateway !== "omnicore.libs.payment_gateways.dummypay.DummyPayGateway") throw new Error("POS");
  const paid = (await client.GET("/api/v1/payments/", { params: { query: { status: "captured" } } })).data!;
  const id = paid.results[0]!.pk;
  note(
    "refund",
    await client.POST("/api/v1/payments/{id}/refund/", { params: { path: { id } }, body: { reason: "TypeScript" } }),
  );
}

async function bimetri(): Promise<void> {
  const open = createClient<Bimetri>({ baseUrl: url });
  const { screenName, password, organizationId, subscriptionId } = keys.bimetri;
  const logged = await open.POST("/api/auth/login", { body: { screenName, password, rememberMe: false } });
  note("log in", logged);
  const headers = { Authorization: `Bearer ${logged.data!.token}` };
  const client = createClient<Bimetri>({ baseUrl: url, headers });
  const params = { header: { OrganizationId: organizationId as number } };
  const asked = { organizationId, subscriptionId };
  note("bills", await client.POST("/api/subscription/bill", { params, body: { ...asked, monthFilter: 6 } }));
  note("balance", await client.POST("/api/subscription/bill/information", { params, body: asked }));
  const body = {
    CardExpireMonth: "02" as const,
    CardExpireYear: "2040",
    CardNumber: "4111111111111111",
    CardOwnerName: "Ali Veli",
    Cvc: "326",
    Installment: 1,
    bill: [123123],
    phoneNumber: "5321234567",
    subscriptionId,
    threeD: 0 as const,
  };
  note("pay", await client.POST("/api/payment/add", { body }));
  const again = await client.POST("/api/payment/add", { body });
  note("pay again", again);
  if (again.error?.error !== "BillAlreadyPaidException") throw new Error(JSON.stringify(again.error));
}

async function naviga(): Promise<void> {
  const client = createClient<Naviga>({ baseUrl: url, headers: { Authorization: `Bearer ${keys.naviga.token}` } });
  const header = {
    "X-SourceSystem": keys.naviga["X-SourceSystem"] as string,
    "X-MediaGroupCode": keys.naviga["X-MediaGroupCode"] as string,
    "X-ClientCode": keys.naviga["X-ClientCode"] as string,
    "X-PaperCode": keys.naviga["X-PaperCode"] as string,
  };
  const body = {
    SubscriptionId: 20,
    HolderName: "Type Script",
    CreditCard: {
      CreditCardType: 2 as const,
      CreditCardNumber: "4111********1111",
      CreditCardExpirationYear: "2040",
      CreditCardExpirationMonth: "06",
    },
    PaymentGatewayToken: "typescript-token",
  };
  const added = await client.POST("/Billing/PaymentMethods", { params: { header }, body });
  note("add payment method", added);
  const key = added.data!.Result.PaymentMethodId;
  note(
    "read payment method",
    await client.GET("/Billing/PaymentMethods/{key}", { params: { header, path: { key } } }),
  );
  note(
    "unknown payment method",
    await client.GET("/Billing/PaymentMethods/{key}", { params: { header, path: { key: 999999999 } } }),
  );
}

async function paywall(): Promise<void> {
  const { apikeyprivate, apiclientprivate } = keys.paywall;
  const client = createClient<Paywall>({ baseUrl: url, headers: { apikeyprivate, apiclientprivate } });
  const Card = {
    Nickname: "card",
    HolderName: "Test Kartı",
    CardBin: "41197901",
    CardLastFour: "6389",
    Identity: "17654932298",
    Month: 11,
    Year: 2040,
  };
  const body = { RelationalId1: "typescript", Card };
  note("save card", await client.POST("/paywall/card/insurance", { body }));
  note(
    "list cards",
    await client.GET("/paywall/card/insurance", { params: { header: { relationalid1: "typescript" } } }),
  );
  const expired = { ...body, Card: { ...Card, Year: 2020 } };
  const refused = await client.POST("/paywall/card/insurance", { body: expired });
  note("expired card", refused);
  if (refused.error?.ErrorCode !== 106) throw new Error(JSON.stringify(refused.error));
}

async function tmf(): Promise<void> {
  const { client_id, client_secret } = keys.tmf;
  const root = createClient<Tmf676>({ baseUrl: url });
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret });
  const token = await root.POST("/oauth/token", {
    body: form as never,
    bodySerializer: (body) => body as never,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  note("token", token);
  const headers = { Authorization: `Bearer ${token.data!.access_token}` };
  const payments = createClient<Tmf676>({ baseUrl: `${url}/payment/v4`, headers });
  note("/payment", await payments.GET("/payment", { params: { query: { limit: 5 } } }));
  note("/refund", await payments.GET("/refund"));
  const body = {
    account: { id: keys.tmf.accountId as string },
    paymentMethod: { id: "Test123XYZ", "@type": "PaymentMethodRef", "@referredType": "bankCard" },
    totalAmount: { unit: "USD", value: 10 },
  };
  const paid = await payments.POST("/payment", { body });
  note("create payment", paid);
  if (paid.data?.status !== "captured") throw new Error(JSON.stringify(paid.data ?? paid.error));
  const name = paid.data.id;
  note("read payment", await payments.GET("/payment/{name}", { params: { path: { name } } }));
  const unknown = await payments.POST("/payment", { body: { ...body, account: { id: "nobody" } } });
  note("unknown account", unknown);
  if (unknown.error?.["@type"] !== "Error") throw new Error(JSON.stringify(unknown.error));

  const methods = createClient<Tmf670>({ baseUrl: `${url}/tmf-api/paymentMethod/v4`, headers });
  note("/paymentMethod", await methods.GET("/paymentMethod"));
  note(
    "/accounts",
    await methods.GET("/accounts/{name}/paymentMethods", { params: { path: { name: keys.tmf.accountId } } }),
  );
  note(
    "create payment method",
    await methods.POST("/paymentMethod", { body: { "@type": "Cash", name: "Till of TypeScript" } }),
  );
  note(
    "unknown method",
    await methods.GET("/paymentMethod/{name}", { params: { path: { name: "nothing" } } }),
  );
}

await bimetri();
await native();
await naviga();
await paywall();
await tmf();
console.log(JSON.stringify(seen));
