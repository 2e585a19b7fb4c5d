all-codes = Alle Codes
for-cashier = Für die Kasse
for-owner = Für die Inhaberin oder den Inhaber: wahrscheinliche Ursachen
for-developers = Für Entwickler
then = Der Reihe nach
copy = Kopieren
right-now = Jetzt gerade
tried = Was die Kasse von selbst versucht hat
by-itself = Was Evertill von selbst tut
not-raised = Nichts: Evertill meldet diesen Code nie. Er ist hier erklärt, weil ein Shop oder eine andere Kasse ihn zeigen kann.
in-short = Kurz gesagt
related = Dazu passend
counterparts = Im anderen Schema von WCPOS
fact-name = Name
fact-scheme = Stammt aus
fact-retry = Neuer Versuch
fact-who = Behebt
fact-status = HTTP-Status, den Evertill sendet
fact-exit = Endecode eines Befehls
fact-server-codes = Codes des Servers
index-title = Was steht da?
index-lead = Einen Code eintippen oder die ganze Meldung einfügen. Geht ohne Netz.
index-field = Code oder Meldung
index-placeholder = API02007 oder „Refresh token has been revoked“
index-find = Suchen
found-title = Das passt am besten
none-title = Kein Code passt
none-lead = ist hier nicht bekannt. Ein längeres Stück der Meldung hilft oft.
legend-normal = Normal, geht von selbst
legend-act = Heute muss jemand handeln
legend-check = Geld oder Daten jetzt prüfen
all-count = Alle { $count } Codes, alte und neue

origin-Legacy = WCPOS vor 1.10
origin-Undocumented = WCPOS vor 1.10, dort nicht dokumentiert
origin-Current = WCPOS ab 1.10
origin-Ours = Evertill

topic-Session = Sitzung
topic-Connection = Verbindung
topic-Site = Website
topic-Sending = Senden
topic-Payment = Bezahlen
topic-Printing = Drucker
topic-Products = Artikel
topic-Till = Diese Kasse
topic-Licence = Lizenz

severity-Normal = Normal
severity-ActToday = Heute handeln
severity-CheckNow = Jetzt prüfen

retry-Automatic = Der Versuch wird von selbst wiederholt.
retry-Manual = Ein neuer Versuch kommt, wenn jemand ihn auslöst.
retry-AfterChange = Ein neuer Versuch hilft, sobald etwas geändert wurde.
retry-Never = Nichts wird wiederholt, bevor jemand nachgesehen hat.

safety-NoImpact = Verkäufe sind nicht betroffen
safety-LocalOnly = Verkäufe sind auf dieser Kasse sicher
safety-OrderSafe = Dieser bleibt, wie er ist
safety-DataAtRisk = Jetzt nachsehen: etwas kann fehlen
safety-MoneyMoved = Bezahlt: Betrag vergleichen
safety-OutcomeUnknown = Noch offen: erst nachsehen

selling-GoesOn = Sie können weiter verkaufen
selling-ThisSaleWaits = Dieser Verkauf wartet, andere gehen
selling-AnotherWay = Weiter, mit anderer Zahlungsart
selling-Paused = Diese Kasse pausiert bis zur Behebung
selling-NotStarted = Verkauf beginnt nach der Einrichtung

sending-GoesOn = Das Senden läuft
sending-WaitsByItself = Senden wartet, von selbst
sending-WaitsForSignIn = Bis zur Anmeldung wird nichts gesendet
sending-WaitsForChange = Senden wartet auf die Behebung
sending-OneWaits = Einer wartet, die anderen gehen
sending-CheckFirst = Erst nachsehen, dann senden

who-Nobody = niemand: es behebt sich selbst
who-Cashier = die Person an der Kasse
who-Owner = Inhaberin oder Inhaber
who-SiteAdmin = wer die Website betreut
who-PaymentProvider = der Zahlungsanbieter
who-Support = der Support, mit gespeichertem Bericht
