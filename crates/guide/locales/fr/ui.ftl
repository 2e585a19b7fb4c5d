all-codes = Tous les codes
for-cashier = À la caisse
for-owner = Pour le gérant : causes probables
for-developers = Pour les développeurs
then = Dans l’ordre
copy = Copier
right-now = En ce moment
tried = Ce que la caisse a essayé d’elle-même
by-itself = Ce qu’Evertill fait tout seul
not-raised = Rien : Evertill n’émet jamais ce code. Il est expliqué ici parce qu’une boutique ou une autre caisse peut l’afficher.
in-short = En bref
related = À lire ensuite
counterparts = Dans l’autre nomenclature de WCPOS
fact-name = Nom
fact-scheme = Provient de
fact-retry = Nouvel essai
fact-who = Réparé par
fact-status = Statut HTTP envoyé par Evertill
fact-exit = Code de sortie d’une commande
fact-server-codes = Codes du serveur
index-title = Qu’est-il écrit ?
index-lead = Tapez un code ou collez le message entier. Fonctionne hors ligne.
index-field = Code ou message
index-placeholder = API02007 ou « Refresh token has been revoked »
index-find = Chercher
found-title = Ce qui correspond le mieux
none-title = Aucun code ne correspond
none-lead = n’est pas connu ici. Un extrait plus long du message aide souvent.
legend-normal = Normal, se règle tout seul
legend-act = Quelqu’un doit agir aujourd’hui
legend-check = Vérifier l’argent ou les données maintenant
all-count = Les { $count } codes, anciens et nouveaux

origin-Legacy = WCPOS avant 1.10
origin-Undocumented = WCPOS avant 1.10, non documenté
origin-Current = WCPOS depuis 1.10
origin-Ours = Evertill

topic-Session = Session
topic-Connection = Connexion
topic-Site = Site web
topic-Sending = Envoi
topic-Payment = Paiement
topic-Printing = Imprimante
topic-Products = Produits
topic-Till = Cette caisse
topic-Licence = Licence

severity-Normal = Normal
severity-ActToday = Agir aujourd’hui
severity-CheckNow = Vérifier maintenant

retry-Automatic = L’essai est répété automatiquement.
retry-Manual = Un nouvel essai a lieu quand quelqu’un le demande.
retry-AfterChange = Un nouvel essai sert une fois quelque chose corrigé.
retry-Never = Rien n’est répété avant que quelqu’un ait vérifié.

safety-NoImpact = Les ventes ne sont pas touchées
safety-LocalOnly = Les ventes sont en sécurité sur cette caisse
safety-OrderSafe = Celle-ci est gardée telle quelle
safety-DataAtRisk = À voir maintenant : il peut manquer quelque chose
safety-MoneyMoved = Payé : comparez le montant
safety-OutcomeUnknown = Pas encore connu : regardez d’abord

selling-GoesOn = Vous pouvez continuer à vendre
selling-ThisSaleWaits = Cette vente attend, les autres passent
selling-AnotherWay = Vendez, avec un autre paiement
selling-Paused = Cette caisse fait une pause jusqu’à la réparation
selling-NotStarted = La vente commence après la mise en place

sending-GoesOn = L’envoi continue
sending-WaitsByItself = L’envoi attend, tout seul
sending-WaitsForSignIn = Rien ne part avant la connexion
sending-WaitsForChange = L’envoi attend la réparation
sending-OneWaits = Une attend, les autres partent
sending-CheckFirst = Regarder d’abord, puis envoyer

who-Nobody = personne : cela se répare seul
who-Cashier = la personne à la caisse
who-Owner = le gérant
who-SiteAdmin = la personne qui gère le site
who-PaymentProvider = le prestataire de paiement
who-Support = l’assistance, avec un rapport enregistré
